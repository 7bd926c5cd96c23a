// SPDX-License-Identifier: Apache-2.0
// The text of one file of a project. Readable is what the walk would list: neither what a rule
// ignores nor what holds secrets by its name; secrets in the text are replaced.
#pragma once

#include "documents/paging.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

struct FileText {
  std::string path;
  std::string text;
  std::uint64_t bytes = 0;  // of the file
};

// Throws sdk::Error: kInvalid for what is no path, kNotFound for what is not listed, kLimit for a
// huge file, kUnsupported for a binary one.
FileText file_text(const View& view, std::string_view path);

// Lines of a text, from 1. `to` 0 means to the end.
struct LineRange {
  std::uint32_t from = 1;
  std::uint32_t to = 0;
};

struct TextPage {
  std::string text;
  std::uint32_t first_line = 1;
  std::uint32_t last_line = 0;  // before first_line when there is none
  std::uint32_t line_count = 0;
  std::string_view cut_by;  // "max_result_bytes", or empty
};

// Whole lines, up to `max_bytes`; a line that is longer than that is cut.
TextPage lines_of(std::string_view text, LineRange range, std::size_t max_bytes);

// The lines of a text without their ends.
std::vector<std::string_view> split_lines(std::string_view text);

}  // namespace toolpost::project_index
