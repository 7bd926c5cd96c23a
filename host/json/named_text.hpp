// SPDX-License-Identifier: Apache-2.0
// JSON that people write: comments and trailing commas, and errors that name file, line and column.
#pragma once

#include "base/error.hpp"
#include "json/duplicate_key.hpp"
#include "json/parser.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace toolpost::json {

inline constexpr Limits kFileLimits{.depth = kMaxFileDepth, .comments = true};

// Both are borrowed.
struct NamedText {
  std::string_view name;  // the file, for messages
  std::string_view text;
};

// Columns count characters; both start at 1.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

// Of a byte of the text.
Position position_of(std::string_view text, std::size_t offset);

// "3:14"
std::string to_string(const Position& position);

// "FILE:LINE:COLUMN" of a byte, or of the first byte of a slice of the text.
std::string place(const NamedText& source, std::size_t offset);
std::string place(const NamedText& source, std::string_view slice);

// An error begins with the place; a key that stands there twice is named.
Result<Document> parse(const NamedText& source, const Limits& limits = kFileLimits);

}  // namespace toolpost::json
