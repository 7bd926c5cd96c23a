// SPDX-License-Identifier: Apache-2.0
#include "json/schema/program.hpp"

#include "json/schema/numbers.hpp"
#include "json/schema/text.hpp"
#include "json/schema/uri.hpp"

#include <algorithm>
#include <cstring>

namespace toolpost::json {
namespace {

constexpr std::size_t kNameBytes = 64;
constexpr std::size_t kDocumentBytes = 200;

}  // namespace

TypeSet type_of(const Value& value) noexcept {
  switch (value.type()) {
    case Type::kNull:
      return kNullType;
    case Type::kBool:
      return kBooleanType;
    case Type::kInt64:
    case Type::kUint64:
      return kIntegerType;
    case Type::kDouble:
      return is_integer(value) ? kIntegerType : kFractionType;
    case Type::kString:
      return kStringType;
    case Type::kArray:
      return kArrayType;
    case Type::kObject:
      return kObjectType;
  }
  return 0;
}

std::string_view copy_into(Arena& arena, std::string_view text) {
  if (text.empty()) return "";
  auto* const copy = static_cast<char*>(arena.allocate(text.size()));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

bool before_in_table(std::string_view a, std::string_view b) noexcept {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

const PropertyRule* find_property(const std::vector<PropertyRule>& sorted, std::string_view name) {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), name,
                                      [](const PropertyRule& rule, std::string_view wanted) {
                                        return before_in_table(rule.name, wanted);
                                      });
  return found != sorted.end() && found->name == name ? &*found : nullptr;
}

std::string location_of(const std::vector<Origin>& origins, OriginId origin) {
  std::vector<const Origin*> chain;
  for (OriginId at = origin; at != kNone; at = origins[at].parent) chain.push_back(&origins[at]);
  std::string location;
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    const Origin& step = **at;
    if (step.parent == kNone) {
      location = shortened(step.keyword, kDocumentBytes) + "#";
      continue;
    }
    append_token(location, shortened(step.keyword, kNameBytes));
    if (step.index != kNone) {
      location += '/' + std::to_string(step.index);
    } else if (step.name.data() != nullptr) {
      append_token(location, shortened(step.name, kNameBytes));
    }
  }
  return location;
}

}  // namespace toolpost::json
