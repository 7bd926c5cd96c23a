// SPDX-License-Identifier: Apache-2.0
// The matching lines of one text.
#pragma once

#include "files/stop_token.hpp"
#include "search/line_pattern.hpp"
#include "search/search.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

struct ScannedText {
  std::vector<Match> matches;
  // Lines of 16 KiB and more that the expression would look at for so long that nobody could stop
  // it meanwhile. They are counted and not searched.
  std::uint64_t undecided_lines = 0;
};

// Up to `limit` matches, each as a result has it. Stops early when `stop` is stopped. A byte order
// mark at the beginning is no text.
ScannedText scan_text(std::string_view text, const LinePattern& pattern, unsigned context_lines,
                      std::size_t limit, const StopToken& stop);

}  // namespace toolpost::project_index
