// SPDX-License-Identifier: Apache-2.0
#include "files/relative_path.hpp"

#include <algorithm>

namespace toolpost::project_index {

namespace {

// Why a part can't be one, or nothing.
std::string_view wrong_with(std::string_view part) {
  if (part.empty()) return "has an empty part";
  if (part == ".") return "has a part that is '.'";
  if (part == "..") return "has a part that is '..'";
  return {};
}

}  // namespace

Checked<std::string> relative_path(std::string_view text) {
  if (text.empty()) return Refusal{"the path is empty"};
  if (text.size() > kMaxPath) {
    return Refusal{"the path is longer than " + std::to_string(kMaxPath) + " bytes"};
  }
  if (text.find('\0') != std::string_view::npos) return Refusal{"the path contains a NUL"};
  const std::string quoted = "the path '" + std::string(text) + "' ";
  if (text.front() == '/') {
    return Refusal{quoted + "is absolute; paths are relative to the project's root"};
  }
  if (text.find('\\') != std::string_view::npos) return Refusal{quoted + "contains a backslash"};
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    if (const auto wrong = wrong_with(text.substr(begin, end - begin)); !wrong.empty()) {
      return Refusal{quoted + std::string(wrong)};
    }
    begin = end + 1;
  }
  return std::string(text);
}

}  // namespace toolpost::project_index
