// SPDX-License-Identifier: Apache-2.0
// Globs as git has them: "*" and "?" stop at a slash, "**" between slashes does not, "[a-z]",
// "[!a]", "[[:alpha:]]", and a backslash takes the next character literally.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// A compiled glob. Immutable; any thread may match. The time of a match is bounded by the length of
// the glob times that of the text, whatever the glob.
class Wildmatch {
 public:
  enum class Slashes : std::uint8_t {
    kSpecial,   // only "**" crosses them
    kOrdinary,  // for names, and globs without directories
  };

  // As git has it when the case of letters does not count: a letter behind a backslash or by itself
  // in brackets counts as it is written, so that a capital there matches nothing.
  enum class Letters : std::uint8_t {
    kAsWritten,
    kSmall,  // the texts that are matched have small ones only
  };

  Wildmatch() = default;
  Wildmatch(std::string_view glob, Slashes slashes, Letters letters = Letters::kAsWritten);

  // True when the glob matches all of the text, byte by byte.
  bool matches(std::string_view text) const;

 private:
  friend class WildmatchRun;

  enum class Kind : std::uint8_t { kByte, kAny, kSet, kStar, kStarStar, kDirectories };

  struct Token {
    Kind kind;
    unsigned char byte = 0;    // kByte
    std::uint32_t number = 0;  // kSet: which; stars: how many before it
  };

  void add_byte(char byte);
  void add_star(std::string_view glob, std::size_t& at);
  bool add_set(std::string_view glob, std::size_t& at, Letters letters);

  std::vector<Token> tokens_;
  std::vector<std::bitset<256>> sets_;
  std::size_t least_ = 0;  // bytes that a text needs to match
  std::uint32_t stars_ = 0;
  bool never_ = false;  // malformed: git lets such a glob match nothing
  Slashes slashes_ = Slashes::kSpecial;
};

}  // namespace toolpost::project_index
