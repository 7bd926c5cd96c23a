// SPDX-License-Identifier: Apache-2.0
// A text that every match of an expression holds: a search for that is many times as fast.
#pragma once

#include <string>
#include <string_view>

namespace toolpost::project_index {

// The longest that a plain look at the pattern shows, of ASCII only; empty where there is none of
// two characters or more. `pattern` is one that RE2 accepts. With `ignore_case` it is in small
// letters, and without 'k' and 's', which letters outside ASCII fold to.
std::string required_text(std::string_view pattern, bool ignore_case);

// The same for a literal.
std::string required_text_of_literal(std::string_view literal, bool ignore_case);

}  // namespace toolpost::project_index
