// SPDX-License-Identifier: Apache-2.0
// Finds a text at some gigabytes a second, with the case of ASCII letters or without.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace toolpost::project_index {

// Any thread.
class TextFinder {
 public:
  // `text` is not empty; small letters where the case is ignored.
  TextFinder(std::string text, bool ignore_case)
      : text_(std::move(text)), ignores_case_(ignore_case) {}

  // Where it begins first in [from, to) of `text`; npos: nowhere.
  std::size_t find(std::string_view text, std::size_t from, std::size_t to) const;

 private:
  std::size_t find_any_case(std::string_view text, std::size_t from, std::size_t to) const;
  bool stands_at(const char* place) const;

  std::string text_;
  bool ignores_case_;
};

}  // namespace toolpost::project_index
