// SPDX-License-Identifier: Apache-2.0
#include "json/duplicate_key.hpp"

#include "json/raw.hpp"

#include <set>

namespace toolpost::json {
namespace {

class Search {
 public:
  explicit Search(std::string_view text) : text_(text) {}

  std::optional<DuplicateKey> in_value(std::string_view value, std::size_t depth) const {
    if (depth > kMaxFileDepth) return std::nullopt;
    if (value.starts_with('[')) return in_array(value, depth);
    if (value.starts_with('{')) return in_object(value, depth);
    return std::nullopt;
  }

  std::optional<DuplicateKey> in_object(std::string_view value, std::size_t depth) const {
    std::set<std::string> seen;
    RawObject members{value};
    RawMember member;
    while (members.next(member)) {
      std::string key = unescape(member.key);
      if (seen.contains(key)) {
        return DuplicateKey{static_cast<std::size_t>(member.key.data() - text_.data()) - 1, key};
      }
      seen.insert(std::move(key));
      if (auto found = in_value(member.value, depth + 1)) return found;
    }
    return std::nullopt;
  }

 private:
  std::optional<DuplicateKey> in_array(std::string_view value, std::size_t depth) const {
    RawArray elements{value};
    std::string_view element;
    while (elements.next(element)) {
      if (auto found = in_value(element, depth + 1)) return found;
    }
    return std::nullopt;
  }

  std::string_view text_;
};

}  // namespace

std::optional<DuplicateKey> find_duplicate_key(std::string_view text) {
  // The outermost value may have comments before it, which RawObject skips.
  return Search{text}.in_object(text, 0);
}

}  // namespace toolpost::json
