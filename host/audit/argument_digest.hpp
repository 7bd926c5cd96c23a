// SPDX-License-Identifier: Apache-2.0
// What a record keeps of a call's arguments: enough to see that two calls had the same ones, and in
// clear only what the tool's author marked.
#pragma once

#include "audit/hash.hpp"
#include "json/log_marks.hpp"

#include <string>
#include <string_view>

namespace toolpost::audit {

// Appends a JSON object with a member for each argument: its value where it is marked, else
// "hmac-sha256:" and 22 characters over its JSON as append_compact() writes it. An object with
// marked properties is an object again, with its own members treated alike.
//
// Bounded, whatever a client sends: values in clear have 1 KiB each and 4 KiB together, then a
// digest stands for them, where it was cut beside what is shown; and of the arguments that are not
// marked, 64 are named and the rest counted in a member "…".
//
// `arguments_json` is an object that the parser has accepted.
void append_arguments(std::string& out, std::string_view arguments_json,
                      const json::LogMarks& marks, const KeyedHasher& hasher);

}  // namespace toolpost::audit
