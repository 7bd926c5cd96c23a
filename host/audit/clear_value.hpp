// SPDX-License-Identifier: Apache-2.0
// One JSON value that a record shows readably, redacted and bounded. All of it goes into a line,
// whatever a client sends, so it is written in one pass and ends when the room for it does.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace toolpost::audit {

// Appends `json`, an accepted text, as JSON without space. What would make it longer than about
// `limit` bytes is left out, and `cut_mark` stands in the place: at the end of a string, as the
// last element of an array, as the member "…" of an object. False when something was left out.
// Every string passes the redactor, and the value of a member with a secret's name is hidden.
bool append_clear_value(std::string& out, std::string_view json, std::size_t limit,
                        std::string_view cut_mark);

// Appends a client's name for something as a JSON string, redacted and of bounded length.
// `position` tells names apart that are no longer what the client wrote.
void append_clear_name(std::string& out, std::string_view name, std::size_t position);

}  // namespace toolpost::audit
