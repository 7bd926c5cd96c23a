// SPDX-License-Identifier: Apache-2.0
// Text as a JSON string, quotes included. Also what keeps a log line a line: control characters are
// escaped and invalid UTF-8 becomes U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace toolpost {

void append_json_string(std::string& out, std::string_view text);

// In quotes, for a message.
inline std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace toolpost
