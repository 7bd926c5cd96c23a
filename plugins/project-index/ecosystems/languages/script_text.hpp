// SPDX-License-Identifier: Apache-2.0
// Build scripts as text: what is commented out is not declared.
#pragma once

#include <string>
#include <string_view>

namespace toolpost::project_index {

// Without "// …" and "/* … */" outside of quotes.
std::string without_c_comments(std::string_view text);

// Without "# …" outside of quotes.
std::string without_hash_comments(std::string_view text);

}  // namespace toolpost::project_index
