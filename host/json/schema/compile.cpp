// SPDX-License-Identifier: Apache-2.0
#include "json/schema/compiler.hpp"
#include "json/schema/text.hpp"
#include "json/schema/uri.hpp"

#include <algorithm>

namespace toolpost::json {
namespace {

template <class Rules>
Rules& made(std::unique_ptr<Rules>& rules) {
  if (!rules) rules = std::make_unique<Rules>();
  return *rules;
}

}  // namespace

Result<Schema> Schema::compile(const Value& schema, const SchemaLimits& limits,
                               const SchemaRegistry* remotes) {
  auto program = Compiler{limits, remotes}.compile(schema);
  if (!program) return program.error();
  return Schema{std::move(*program)};
}

Result<std::shared_ptr<const Program>> Compiler::compile(const Value& schema) {
  const auto subschemas = references_.add_document(schema, {});
  if (!subschemas) return subschemas.error();
  // All of them, also those that nothing refers to: a mistake there is a mistake.
  for (const Value* subschema : *subschemas) node_for(*subschema);
  std::size_t compiled = 0;
  do {
    if (auto done = compile_pending(); !done) return done.error();
    compiled = sources_.size();
    collect_dynamic_anchors();
  } while (compiled < sources_.size());
  if (auto checked = refuse_endless_references(*program_); !checked) return checked.error();
  return std::shared_ptr<const Program>{std::move(program_)};
}

NodeId Compiler::node_for(const Value& schema) {
  const auto [known, is_new] = ids_.try_emplace(&schema, static_cast<NodeId>(sources_.size()));
  if (is_new) sources_.push_back(&schema);
  return known->second;
}

Result<PatternId> Compiler::add_pattern(std::string_view pattern) {
  auto& patterns = program_->patterns;
  const auto known = patterns_.find(std::string{pattern});
  if (known != patterns_.end()) return known->second;
  if (patterns.size() >= program_->limits.patterns) {
    return Error{Errc::kLimit, "there are too many patterns"};
  }
  auto compiled = Pattern::compile(pattern, program_->limits);
  if (!compiled) return compiled.error();
  patterns.push_back(std::move(*compiled));
  const auto id = static_cast<PatternId>(patterns.size() - 1);
  patterns_.emplace(pattern, id);
  return id;
}

Result<> Compiler::compile_pending() {
  for (std::size_t id = program_->nodes.size(); id < sources_.size(); ++id) {
    auto node = compile_node(*sources_[id]);
    if (!node) return node.error();
    program_->nodes.push_back(std::move(*node));
  }
  return {};
}

Result<Node> Compiler::compile_node(const Value& schema) {
  const Place place = references_.place_of(schema);
  Node node;
  node.origin = place.origin;
  node.resource = place.resource;
  if (schema.is_bool()) {
    node.accepts_nothing = !schema.as_bool();
    return node;
  }
  const Vocabularies enabled = references_.resource(place.resource).vocabularies;
  for (const Member& member : schema.members()) {
    const KeywordInfo* const info = find_keyword(member.key);
    if (info == nullptr || (info->vocabulary & enabled) == 0) continue;
    if (auto done = compile_keyword(info->keyword, member.value, place, node); !done) {
      std::string location = location_of(program_->origins, place.origin);
      append_token(location, info->name);
      return std::move(done).error().in(location);
    }
  }
  if (node.objects) seal_properties(*node.objects);
  return node;
}

Result<> Compiler::compile_keyword(Keyword keyword, const Value& operand, const Place& place,
                                   Node& node) {
  switch (keyword) {
    case Keyword::kRef:
    case Keyword::kDynamicRef:
      return compile_reference(keyword, operand, place, made(node.in_place));
    case Keyword::kAllOf:
    case Keyword::kAnyOf:
    case Keyword::kOneOf:
    case Keyword::kNot:
    case Keyword::kIf:
    case Keyword::kThen:
    case Keyword::kElse:
      return add_in_place_rule(keyword, operand, *this, made(node.in_place));
    case Keyword::kType:
    case Keyword::kConst:
    case Keyword::kEnum:
      return add_value_rule(keyword, operand, *this, node);
    case Keyword::kMultipleOf:
    case Keyword::kMaximum:
    case Keyword::kExclusiveMaximum:
    case Keyword::kMinimum:
    case Keyword::kExclusiveMinimum:
      return add_number_rule(keyword, operand, made(node.numbers));
    case Keyword::kMaxLength:
    case Keyword::kMinLength:
    case Keyword::kPattern:
      return add_string_rule(keyword, operand, *this, made(node.strings));
    case Keyword::kPrefixItems:
    case Keyword::kItems:
    case Keyword::kContains:
    case Keyword::kMinContains:
    case Keyword::kMaxContains:
    case Keyword::kMaxItems:
    case Keyword::kMinItems:
    case Keyword::kUniqueItems:
      return add_array_rule(keyword, operand, *this, made(node.arrays));
    case Keyword::kProperties:
    case Keyword::kPatternProperties:
    case Keyword::kAdditionalProperties:
    case Keyword::kPropertyNames:
    case Keyword::kDependentSchemas:
    case Keyword::kDependentRequired:
    case Keyword::kRequired:
    case Keyword::kMaxProperties:
    case Keyword::kMinProperties:
      return add_object_rule(keyword, operand, *this, made(node.objects));
    case Keyword::kUnevaluatedItems:
      node.unevaluated_items = node_for(operand);
      return {};
    case Keyword::kUnevaluatedProperties:
      node.unevaluated_properties = node_for(operand);
      return {};
    default:
      return check_annotation(keyword, operand);
  }
}

Result<> Compiler::compile_reference(Keyword keyword, const Value& operand, const Place& place,
                                     InPlaceRules& rules) {
  if (!operand.is_string()) return invalid("must be a string");
  if (operand.as_string().size() > program_->limits.reference_length) {
    return Error{Errc::kLimit, "the reference is too long"};
  }
  const auto target = references_.resolve(place, operand.as_string());
  if (!target) return target.error();
  const NodeId node = node_for(*target->schema);
  if (keyword == Keyword::kRef) {
    rules.reference = node;
    return {};
  }
  rules.dynamic.target = node;
  if (!target->dynamic_name.empty()) rules.dynamic.name = dynamic_name(target->dynamic_name);
  return {};
}

std::uint32_t Compiler::dynamic_name(std::string_view name) {
  auto& names = program_->dynamic_names;
  const auto known = std::find(names.begin(), names.end(), name);
  const auto index = static_cast<std::uint32_t>(known - names.begin());
  if (known == names.end()) names.push_back(keep(name));
  return index;
}

void Compiler::collect_dynamic_anchors() {
  auto& table = program_->dynamic_anchors;
  table.assign(references_.resources().size(), {});
  for (std::size_t resource = 0; resource < table.size(); ++resource) {
    const auto& anchors = references_.resources()[resource].dynamic_anchors;
    for (std::uint32_t name = 0; name < program_->dynamic_names.size(); ++name) {
      const auto found = anchors.find(program_->dynamic_names[name]);
      if (found != anchors.end()) table[resource].push_back({name, node_for(*found->second)});
    }
  }
}

}  // namespace toolpost::json
