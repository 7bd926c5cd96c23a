// SPDX-License-Identifier: Apache-2.0
// Finds a text, or one of a few, at some gigabytes a second, with the case of ASCII letters or
// without.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// Any thread.
class TextFinder {
 public:
  // At least one text, none empty; in small letters where the case is ignored.
  TextFinder(std::vector<std::string> texts, bool ignore_case);

  // Where the first of them begins that lies within [from, to) of `text`; npos: nowhere.
  std::size_t find(std::string_view text, std::size_t from, std::size_t to) const;

 private:
  static constexpr std::size_t kBlock = 16;  // places that are looked at together

  // A byte of a text, in all places of a block; `fold` makes a letter of either case a small one.
  struct Probe {
    std::size_t at = 0;  // in the text
    std::array<unsigned char, kBlock> byte{}, fold{};
  };

  // Looked at as a whole only where both of its rarest bytes stand.
  struct Wanted {
    std::string text;
    Probe first, second;
  };

  Wanted wanted(std::string text) const;
  Probe probe(const std::string& text, std::size_t at) const;
  bool stands_at(const Wanted& one, const char* place) const;
  bool any_stands_at(const char* place) const;
  std::size_t find_in_linear_time(std::string_view text, std::size_t from, std::size_t to) const;

  bool ignores_case_;
  std::vector<Wanted> texts_;
  std::size_t longest_ = 0;
};

}  // namespace toolpost::project_index
