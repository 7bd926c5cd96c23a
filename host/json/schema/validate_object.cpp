// SPDX-License-Identifier: Apache-2.0
#include "json/schema/text.hpp"
#include "json/schema/validator.hpp"

namespace toolpost::json {

bool Validator::apply_to_member(NodeId id, const Frame& parent, const Member& member) {
  const Path path{parent.path, member.key};
  return apply(id, {member.value, &path, parent.scope, nullptr, parent.quiet});
}

bool Validator::check_objects(const Node& node, const Frame& frame) {
  const ObjectRules& rules = *node.objects;
  bool valid = true;
  const auto ends = [&](bool held) { return is_enough(held, valid, frame); };
  if (ends(check_count(node, frame, rules.count, frame.value.members().size(),
                       {Keyword::kMinProperties, Keyword::kMaxProperties, "properties"}))) {
    return false;
  }
  if (rules.names != kNone && ends(check_names(node, frame))) return false;
  if (ends(check_required(node, frame)) || ends(check_members(node, frame))) return false;
  return check_dependencies(node, frame) && valid;
}

bool Validator::check_required(const Node& node, const Frame& frame) {
  const ObjectRules& rules = *node.objects;
  if (!rules.has_required) return true;
  IndexSet seen;
  for (const Member& member : frame.value.members()) {
    const PropertyRule* const rule = find_property(rules.properties, member.key);
    if (rule != nullptr) seen.insert(static_cast<std::size_t>(rule - rules.properties.data()));
  }
  for (std::size_t i = 0; i < rules.properties.size(); ++i) {
    if (rules.properties[i].is_required && !seen.contains(i)) {
      return fail(node, frame, Keyword::kRequired, [&] { return explain_missing(rules, seen); });
    }
  }
  return true;
}

bool Validator::check_members(const Node& node, const Frame& frame) {
  std::size_t index = 0;
  bool valid = true;
  for (const Member& member : frame.value.members()) {
    bool is_known = false;
    if (is_enough(check_member(node, frame, member, is_known), valid, frame)) return false;
    if (is_known && frame.evaluated != nullptr) frame.evaluated->insert(index);
    ++index;
  }
  return valid && !budget_.exhausted();
}

bool Validator::check_member(const Node& node, const Frame& frame, const Member& member,
                             bool& is_known) {
  const ObjectRules& rules = *node.objects;
  bool valid = true;
  const PropertyRule* const rule = find_property(rules.properties, member.key);
  if (rule != nullptr && rule->schema != kNone) {
    is_known = true;
    if (is_enough(apply_to_member(rule->schema, frame, member), valid, frame)) return false;
  }
  for (const PatternRule& pattern : rules.patterns) {
    if (!matches(pattern.pattern, member.key)) continue;
    is_known = true;
    if (is_enough(apply_to_member(pattern.schema, frame, member), valid, frame)) return false;
  }
  if (is_known || rules.additional == kNone) return valid;
  is_known = true;
  return check_additional(node, frame, member);
}

bool Validator::check_additional(const Node& node, const Frame& frame, const Member& member) {
  const ObjectRules& rules = *node.objects;
  if (!program_.nodes[rules.additional].accepts_nothing) {
    return apply_to_member(rules.additional, frame, member);
  }
  return fail(node, frame, Keyword::kAdditionalProperties,
              [&] { return explain_unknown(rules, member.key); });
}

bool Validator::check_names(const Node& node, const Frame& frame) {
  bool valid = true;
  for (const Member& member : frame.value.members()) {
    const Value name{member.key};
    if (apply(node.objects->names, {name, frame.path, frame.scope, nullptr, true})) continue;
    fail(node, frame, Keyword::kPropertyNames, [&] {
      return Reason{"must not have a property named " + quoted(member.key), member.key};
    });
    if (is_enough(false, valid, frame)) return false;
  }
  return valid;
}

bool Validator::check_dependencies(const Node& node, const Frame& frame) {
  bool valid = true;
  for (const Dependency& dependency : node.objects->dependencies) {
    if (!budget_.spend(1 + frame.value.members().size() / kMembersPerStep)) return false;
    if (frame.value.find(dependency.name) == nullptr) continue;
    for (const std::string_view name : dependency.required) {
      if (!budget_.spend(1 + frame.value.members().size() / kMembersPerStep)) return false;
      if (frame.value.find(name) != nullptr) continue;
      return fail(node, frame, Keyword::kDependentRequired, [&] {
        return "must have the property " + quoted(name) + " because it has " +
               quoted(dependency.name);
      });
    }
    if (dependency.schema == kNone) continue;
    if (is_enough(apply(dependency.schema, frame), valid, frame)) return false;
  }
  return valid;
}

bool Validator::check_unevaluated_properties(const Node& node, const Frame& frame) {
  const bool is_forbidden = program_.nodes[node.unevaluated_properties].accepts_nothing;
  std::size_t index = 0;
  bool valid = true;
  for (const Member& member : frame.value.members()) {
    if (frame.evaluated->contains(index++)) continue;
    const bool held =
        is_forbidden
            ? fail(node, frame, Keyword::kUnevaluatedProperties,
                   [&] {
                     return Reason{"must not have the property " + quoted(member.key), member.key};
                   })
            : apply_to_member(node.unevaluated_properties, frame, member);
    if (is_enough(held, valid, frame)) return false;
  }
  return valid;
}

}  // namespace toolpost::json
