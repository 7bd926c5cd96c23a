// SPDX-License-Identifier: Apache-2.0
// Rules that apply further subschemas to the same place of the value.
#include "json/schema/validator.hpp"

#include <algorithm>

namespace toolpost::json {

bool Validator::holds(NodeId id, const Frame& frame) {
  IndexSet evaluated;
  const bool tracks = frame.evaluated != nullptr;
  if (!apply(id, {frame.value, frame.path, frame.scope, tracks ? &evaluated : nullptr, true})) {
    return false;
  }
  if (tracks) {
    budget_.spend(evaluated.words());
    frame.evaluated->insert(evaluated);
  }
  return true;
}

bool Validator::check_in_place(const Node& node, const Frame& frame) {
  const InPlaceRules& rules = *node.in_place;
  bool valid = true;
  const auto ends = [&](bool held) { return is_enough(held, valid, frame); };
  if (rules.reference != kNone && ends(apply(rules.reference, frame))) return false;
  if (rules.dynamic.target != kNone &&
      ends(apply(dynamic_target(rules.dynamic, frame.scope), frame))) {
    return false;
  }
  for (const NodeId id : rules.all_of) {
    if (ends(apply(id, frame))) return false;
  }
  if (!rules.any_of.empty() && ends(check_any_of(node, frame))) return false;
  if (!rules.one_of.empty() && ends(check_one_of(node, frame))) return false;
  if (rules.condition != kNone && ends(check_condition(node, frame))) return false;
  return (rules.negated == kNone || check_negated(node, frame)) && valid;
}

bool Validator::check_negated(const Node& node, const Frame& frame) {
  if (!apply(node.in_place->negated, {frame.value, frame.path, frame.scope, nullptr, true})) {
    return !budget_.exhausted();
  }
  return fail(node, frame, Keyword::kNot,
              [] { return std::string{"must not match the schema of not"}; });
}

bool Validator::check_any_of(const Node& node, const Frame& frame) {
  const auto& alternatives = node.in_place->any_of;
  bool matched = false;
  for (const NodeId id : alternatives) {
    matched = holds(id, frame) || matched;
    // All that match have a say in what is evaluated.
    if (budget_.exhausted() || (matched && frame.evaluated == nullptr)) break;
  }
  if (matched) return true;
  return fail(node, frame, Keyword::kAnyOf, [&] {
    return "must match at least one alternative of anyOf" +
           explain_alternatives(alternatives, frame);
  });
}

bool Validator::check_one_of(const Node& node, const Frame& frame) {
  const auto& alternatives = node.in_place->one_of;
  std::size_t matched = alternatives.size();
  for (std::size_t i = 0; i < alternatives.size(); ++i) {
    if (!holds(alternatives[i], frame)) continue;
    if (matched != alternatives.size()) {
      return fail(node, frame, Keyword::kOneOf, [&] {
        return "must match exactly one alternative of oneOf, matches " + std::to_string(matched) +
               " and " + std::to_string(i);
      });
    }
    matched = i;
  }
  if (matched != alternatives.size()) return !budget_.exhausted();
  return fail(node, frame, Keyword::kOneOf, [&] {
    return "must match exactly one alternative of oneOf" +
           explain_alternatives(alternatives, frame);
  });
}

bool Validator::check_condition(const Node& node, const Frame& frame) {
  const InPlaceRules& rules = *node.in_place;
  const bool has_branch = rules.consequence != kNone || rules.alternative != kNone;
  if (!has_branch && frame.evaluated == nullptr) return true;
  const NodeId branch = holds(rules.condition, frame) ? rules.consequence : rules.alternative;
  if (budget_.exhausted()) return false;
  return branch == kNone || apply(branch, frame);
}

NodeId Validator::dynamic_target(const DynamicReference& reference, const Scope* scope) {
  NodeId target = reference.target;
  if (reference.name == kNone) return target;
  // The outermost resource that has the anchor wins.
  for (; scope != nullptr && budget_.spend(1); scope = scope->parent) {
    for (const DynamicAnchor& anchor : program_.dynamic_anchors[scope->resource]) {
      if (anchor.name == reference.name) target = anchor.target;
    }
  }
  return target;
}

}  // namespace toolpost::json
