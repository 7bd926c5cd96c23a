// SPDX-License-Identifier: Apache-2.0
#include "base/problems.hpp"

#include "base/json_escape.hpp"

namespace toolpost {

void Problems::add(std::string_view where, std::string_view what) {
  std::string line = std::string{where} + ": ";
  for (const char& c : what) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      line.push_back(c);
      continue;
    }
    std::string escape;
    append_json_string(escape, {&c, 1});
    line.append(escape, 1, escape.size() - 2);
  }
  lines_.push_back(std::move(line));
}

Error Problems::to_error() const {
  std::string text;
  for (const std::string& line : lines_) text.append(text.empty() ? "" : "\n").append(line);
  return invalid(std::move(text));
}

}  // namespace toolpost
