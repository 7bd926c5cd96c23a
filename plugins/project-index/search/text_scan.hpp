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

// Up to `limit` matches, each as a result has it. Stops early when `stop` is stopped. A byte order
// mark at the beginning is no text.
std::vector<Match> scan_text(std::string_view text, const LinePattern& pattern,
                             unsigned context_lines, std::size_t limit, const StopToken& stop);

}  // namespace toolpost::project_index
