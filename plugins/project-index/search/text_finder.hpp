// SPDX-License-Identifier: Apache-2.0
// Finds a text, or one of a few, at some gigabytes a second, with the case of ASCII letters or
// without.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace toolpost::project_index {

// Any thread.
class TextFinder {
 public:
  // `text` is not empty; small letters where the case is ignored.
  TextFinder(std::string text, bool ignore_case)
      : text_(std::move(text)), ignores_case_(ignore_case) {}

  // Where it begins first in [from, to) of `text`; npos: nowhere.
  std::size_t find(std::string_view text, std::size_t from, std::size_t to) const;

  std::size_t size() const noexcept { return text_.size(); }

 private:
  std::size_t find_any_case(std::string_view text, std::size_t from, std::size_t to) const;
  bool stands_at(const char* place) const;

  std::string text_;
  bool ignores_case_;
};

// Any thread.
class AnyTextFinder {
 public:
  // As above, each of them.
  AnyTextFinder(std::vector<std::string> texts, bool ignore_case);

  // Where one of them begins first in [from, to) of `text`; npos: nowhere.
  std::size_t find(std::string_view text, std::size_t from, std::size_t to) const;

 private:
  std::vector<TextFinder> finders_;
};

}  // namespace toolpost::project_index
