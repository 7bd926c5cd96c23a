// SPDX-License-Identifier: Apache-2.0
// One line of a segment, taken apart without trusting it.
#pragma once

#include "audit/hash.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace toolpost::audit {

// Slices of the line.
struct Line {
  std::string_view chain;
  std::uint64_t seq = 0;
  std::string_view time;
  std::string_view type;
  std::string_view hashed;  // what its hash covers beside the hash before it
  std::string_view hash;    // base64url
};

// Reads the members that every line has, in the order and form in which they are written; nothing
// when the line is not of that form. Says nothing about the rest of the line: that is proven by the
// hash, or not at all.
std::optional<Line> read_line(std::string_view line);

// Whether the line's hash is that of its bytes after `before`; then `*after` is it.
bool follows(const Line& line, const Hash& before, Hash* after);

// Hands out the lines of a text, without their line feeds.
class LineSplitter {
 public:
  explicit LineSplitter(std::string_view text) : text_(text) {}

  // False when no whole line is left.
  bool next(std::string_view& line);

  // Where the next line begins.
  std::size_t at() const noexcept { return at_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace toolpost::audit
