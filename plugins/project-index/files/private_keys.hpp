// SPDX-License-Identifier: Apache-2.0
// Private keys in PEM's armour, as files, configurations and source code hold them.
#pragma once

#include <string>
#include <string_view>

namespace toolpost::project_index {

// The text with `notice` in the place of each key, from the line that begins it to the one that
// ends it; one of the two may be missing. A mark without a key is left alone: code speaks of them.
// Line breaks stay, and no two characters of a line stand beside each other that did not before.
// Linear in the size of the text.
std::string without_private_keys(std::string_view text, std::string_view notice);

}  // namespace toolpost::project_index
