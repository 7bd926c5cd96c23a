// SPDX-License-Identifier: Apache-2.0
// Texts of which every match of an expression holds one: a search for those is many times as fast.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// The best ones that a plain look at the pattern shows, of ASCII only: one of two characters or
// more, or some of three or more for the branches of an alternation; empty where there are none.
// `pattern` is one that RE2 accepts. With `ignore_case` they are in small letters, and without 'k'
// and 's', which letters outside ASCII fold to.
std::vector<std::string> required_texts(std::string_view pattern, bool ignore_case);

// The same for a literal: one at most.
std::vector<std::string> required_texts_of_literal(std::string_view literal, bool ignore_case);

}  // namespace toolpost::project_index
