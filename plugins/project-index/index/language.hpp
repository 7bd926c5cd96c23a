// SPDX-License-Identifier: Apache-2.0
// The language a file is written in, by its name alone.
#pragma once

#include <string_view>

namespace toolpost::project_index {

// As people write it ("C++", "Python"); empty for names that do not tell. Of a header ".h", "C".
std::string_view language_of(std::string_view path) noexcept;

}  // namespace toolpost::project_index
