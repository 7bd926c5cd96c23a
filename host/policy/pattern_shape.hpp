// SPDX-License-Identifier: Apache-2.0
// What a regular expression can match among normalised package names, and which of its parts cannot
// take part in any match. RE2 does the matching; this finds rules that would silently do nothing.
#pragma once

#include "base/error.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::policy {

// Of a normalised name: a to z, 0 to 9 and '-'.
inline constexpr std::size_t kNameCharacters = 37;
using CharacterSet = std::bitset<kNameCharacters>;

// A character, escape or class of a pattern that no match can use.
struct DeadPart {
  std::size_t offset = 0;
  std::string text;
  bool is_outside_names = false;  // no name has such a character; else: not in that place
};

// Immutable. An automaton that accepts what the pattern accepts; of a repetition of three and more
// it knows "twice or more" only, and of \b and \B nothing, so that it may accept more, never less.
class PatternShape {
 public:
  // `pattern` is printable ASCII that RE2 has accepted. Errors name what package patterns do not
  // have: flags other than (?i), named groups, \Q, \C and octal escapes.
  static Result<PatternShape> parse(std::string_view pattern);

  // The one to blame; nothing when every part is of use. An empty text: the pattern matches no name
  // though it has no part that is to blame.
  std::optional<DeadPart> dead_part() const;

  // False: certainly no match of the whole name.
  bool may_match(std::string_view normalized_name) const;

 private:
  enum class Kind : std::uint8_t { kJump, kCharacter, kBegin, kEnd };

  struct Node {
    Kind kind = Kind::kJump;
    int next = -1;
    int other = -1;  // kJump only
    CharacterSet characters;
    std::size_t offset = 0;
    std::size_t length = 0;
  };

  struct PartState {
    const Node* node = nullptr;
    bool is_used = false;
    bool is_passed = false;
  };

  std::string_view text_of(const Node& node) const {
    return std::string_view{pattern_}.substr(node.offset, node.length);
  }

  std::string pattern_;
  std::vector<Node> nodes_;
  int start_ = -1;
  int accept_ = -1;

  friend class ShapeParser;
  friend class ShapeWalk;
};

}  // namespace toolpost::policy
