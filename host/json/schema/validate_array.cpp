// SPDX-License-Identifier: Apache-2.0
#include "json/schema/validator.hpp"

namespace toolpost::json {

bool Validator::apply_to_item(NodeId id, const Frame& parent, std::size_t index, bool quiet) {
  const Path path{parent.path, {}, index, true};
  return apply(id,
               {parent.value.items()[index], &path, parent.scope, nullptr, parent.quiet || quiet});
}

bool Validator::check_arrays(const Node& node, const Frame& frame) {
  const ArrayRules& rules = *node.arrays;
  bool valid = true;
  const bool counted = check_count(node, frame, rules.count, frame.value.items().size(),
                                   {Keyword::kMinItems, Keyword::kMaxItems, "items"});
  if (is_enough(counted, valid, frame)) return false;
  if (rules.unique && is_enough(check_unique(node, frame), valid, frame)) return false;
  if (is_enough(check_items(node, frame), valid, frame)) return false;
  return (rules.contains == kNone || check_contains(node, frame)) && valid;
}

bool Validator::check_unique(const Node& node, const Frame& frame) {
  const auto twice = find_duplicate(frame.value.items(), budget_);
  if (!twice) return true;
  return fail(node, frame, Keyword::kUniqueItems, [&] {
    return "must have no equal items, but " + std::to_string(twice->first) + " and " +
           std::to_string(twice->second) + " are equal";
  });
}

bool Validator::check_items(const Node& node, const Frame& frame) {
  const ArrayRules& rules = *node.arrays;
  const std::size_t size = frame.value.items().size();
  const std::size_t prefix = std::min(rules.prefix.size(), size);
  bool valid = true;
  for (std::size_t i = 0; i < prefix; ++i) {
    if (is_enough(apply_to_item(rules.prefix[i], frame, i, false), valid, frame)) return false;
    if (frame.evaluated != nullptr) frame.evaluated->insert(i);
  }
  if (rules.items == kNone) return valid;
  if (size > prefix && program_.nodes[rules.items].accepts_nothing) {
    return fail(node, frame, Keyword::kItems, [&] {
      return "must have at most " + std::to_string(prefix) + " items, has " + std::to_string(size);
    });
  }
  for (std::size_t i = prefix; i < size; ++i) {
    if (is_enough(apply_to_item(rules.items, frame, i, false), valid, frame)) return false;
  }
  if (frame.evaluated != nullptr) frame.evaluated->insert_all();
  return valid;
}

bool Validator::check_contains(const Node& node, const Frame& frame) {
  const ArrayRules& rules = *node.arrays;
  const std::size_t size = frame.value.items().size();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < size && !budget_.exhausted(); ++i) {
    if (!apply_to_item(rules.contains, frame, i, true)) continue;
    ++count;
    if (frame.evaluated != nullptr) frame.evaluated->insert(i);
  }
  if (budget_.exhausted()) return false;
  // Without minContains the rule that is broken is contains itself.
  const bool plain = rules.matches.min == 1 && count == 0;
  return check_count(node, frame, rules.matches, count,
                     {plain ? Keyword::kContains : Keyword::kMinContains, Keyword::kMaxContains,
                      "items that match the schema of contains"});
}

bool Validator::check_unevaluated_items(const Node& node, const Frame& frame) {
  const std::size_t size = frame.value.items().size();
  const bool is_forbidden = program_.nodes[node.unevaluated_items].accepts_nothing;
  bool valid = true;
  for (std::size_t i = 0; i < size; ++i) {
    if (frame.evaluated->contains(i)) continue;
    if (is_forbidden) {
      return fail(node, frame, Keyword::kUnevaluatedItems,
                  [&] { return "must not have the item " + std::to_string(i); });
    }
    const bool held = apply_to_item(node.unevaluated_items, frame, i, false);
    if (is_enough(held, valid, frame)) return false;
  }
  return valid;
}

}  // namespace toolpost::json
