// SPDX-License-Identifier: Apache-2.0
// What uv writes is read by a model, a terminal and a log: it is made plain text first. Colours go,
// control and direction characters are spelled out, credentials in URLs are replaced.
#pragma once

#include <string>
#include <string_view>

namespace toolpost::uv_package {

// Whole cleaning; at most about `limit` bytes, the middle is left out when there are more.
std::string cleaned_output(std::string_view raw, std::size_t limit);

// One line for a progress message, short.
std::string cleaned_line(std::string_view raw);

// "https://user:secret@host" becomes "https://***@host".
std::string without_credentials(std::string_view text);

}  // namespace toolpost::uv_package
