// SPDX-License-Identifier: Apache-2.0
// The rules about objects: see rules.cpp for the rest.
#include "json/schema/compiler.hpp"
#include "json/schema/text.hpp"

#include <algorithm>

namespace toolpost::json {
namespace {

// Sorted, so that a repeated name shows.
Result<std::vector<std::string_view>> read_names(const Value& operand, Compiler& compiler) {
  if (!operand.is_array()) return invalid("must be an array of property names");
  std::vector<std::string_view> names;
  names.reserve(operand.items().size());
  for (const Value& item : operand.items()) {
    if (!item.is_string()) return invalid("must be an array of property names");
    names.push_back(compiler.keep(item.as_string()));
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) return invalid("names the property " + quoted(*twice) + " twice");
  return names;
}

Result<> add_required(const Value& operand, Compiler& compiler, ObjectRules& rules) {
  const auto names = read_names(operand, compiler);
  if (!names) return names.error();
  for (const std::string_view name : *names) rules.properties.push_back({name, kNone, true});
  rules.has_required = rules.has_required || !names->empty();
  return {};
}

Result<> add_patterns(const Value& operand, Compiler& compiler, ObjectRules& rules) {
  for (const Member& member : operand.members()) {
    const auto pattern = compiler.add_pattern(member.key);
    if (!pattern) return pattern.error();
    rules.patterns.push_back({*pattern, compiler.node_for(member.value)});
  }
  return {};
}

Result<> add_dependent_required(const Value& operand, Compiler& compiler, ObjectRules& rules) {
  if (!operand.is_object()) return invalid("must be an object");
  for (const Member& member : operand.members()) {
    auto names = read_names(member.value, compiler);
    if (!names) return std::move(names).error().in(quoted(member.key));
    rules.dependencies.push_back({compiler.keep(member.key), kNone, std::move(*names)});
  }
  return {};
}

}  // namespace

Result<> add_object_rule(Keyword keyword, const Value& operand, Compiler& compiler,
                         ObjectRules& rules) {
  switch (keyword) {
    case Keyword::kMinProperties:
      return read_count(operand, rules.count.min);
    case Keyword::kMaxProperties:
      return read_count(operand, rules.count.max);
    case Keyword::kRequired:
      return add_required(operand, compiler, rules);
    case Keyword::kProperties:
      for (const Member& member : operand.members()) {
        rules.properties.push_back(
            {compiler.keep(member.key), compiler.node_for(member.value), false});
      }
      return {};
    case Keyword::kPatternProperties:
      return add_patterns(operand, compiler, rules);
    case Keyword::kAdditionalProperties:
      rules.additional = compiler.node_for(operand);
      return {};
    case Keyword::kPropertyNames:
      rules.names = compiler.node_for(operand);
      return {};
    case Keyword::kDependentSchemas:
      for (const Member& member : operand.members()) {
        const NodeId schema = compiler.node_for(member.value);
        rules.dependencies.push_back({compiler.keep(member.key), schema, {}});
      }
      return {};
    default:
      return add_dependent_required(operand, compiler, rules);
  }
}

void seal_properties(ObjectRules& rules) {
  auto& properties = rules.properties;
  std::sort(properties.begin(), properties.end(),
            [](const auto& a, const auto& b) { return before_in_table(a.name, b.name); });
  // A name that is both in properties and in required stands there twice.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < properties.size(); ++i) {
    if (kept > 0 && properties[kept - 1].name == properties[i].name) {
      PropertyRule& merged = properties[kept - 1];
      merged.is_required = merged.is_required || properties[i].is_required;
      merged.schema = std::min(merged.schema, properties[i].schema);
    } else {
      properties[kept++] = properties[i];
    }
  }
  properties.resize(kept);
}

}  // namespace toolpost::json
