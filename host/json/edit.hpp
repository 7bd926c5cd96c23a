// SPDX-License-Identifier: Apache-2.0
// Changes one item of a JSON text that people write and leaves every other byte as it is: comments,
// order, indentation, line breaks. The text must have been accepted by the parser, and a container
// is a slice of it. What is added is laid out like what is there, or over several lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace toolpost::json {

// The text with a member added as the object's last. `value` is compact JSON.
std::string with_member(std::string_view text, std::string_view object, std::string_view key,
                        std::string_view value);
// The text with an element added as the array's last.
std::string with_element(std::string_view text, std::string_view array, std::string_view value);
// The text with another value in the place of `old`, a slice of it.
std::string with_value(std::string_view text, std::string_view old, std::string_view value);

// The text without the member or element of that number; undoes with_member and with_element.
// Comments stay.
std::string without_item(std::string_view text, std::string_view container, std::size_t number);

}  // namespace toolpost::json
