// SPDX-License-Identifier: Apache-2.0
// Turns the subschemas of the source into nodes. Nodes are numbered as they are first referred to
// and compiled in that order, so that no schema can make compiling recurse.
#pragma once

#include "base/error.hpp"
#include "json/schema/program.hpp"
#include "json/schema/references.hpp"

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace toolpost::json {

class Compiler {
 public:
  Compiler(const SchemaLimits& limits, const SchemaRegistry* remotes)
      : program_(std::make_shared<Program>()), references_(program_->limits, remotes, *program_) {
    program_->limits = limits;
  }

  // Once.
  Result<std::shared_ptr<const Program>> compile(const Value& schema);

  // For the rules below. The schema must be a subschema that References knows.
  NodeId node_for(const Value& schema);
  Result<PatternId> add_pattern(std::string_view pattern);
  Result<Value> keep(const Value& constant);

  std::string_view keep(std::string_view text) { return copy_into(program_->arena, text); }

 private:
  Result<> compile_pending();
  Result<Node> compile_node(const Value& schema);
  Result<> compile_keyword(Keyword keyword, const Value& operand, const Place& place, Node& node);
  Result<> compile_reference(Keyword keyword, const Value& operand, const Place& place,
                             InPlaceRules& rules);
  std::uint32_t dynamic_name(std::string_view name);
  void collect_dynamic_anchors();

  std::shared_ptr<Program> program_;
  References references_;
  std::vector<const Value*> sources_;  // by NodeId
  std::unordered_map<const Value*, NodeId> ids_;
  std::unordered_map<std::string, PatternId> patterns_;
};

// One function for each group of keywords: checks the operand and enters the rule.
Result<> add_value_rule(Keyword keyword, const Value& operand, Compiler& compiler, Node& node);
Result<> add_number_rule(Keyword keyword, const Value& operand, NumberRules& rules);
Result<> add_string_rule(Keyword keyword, const Value& operand, Compiler& compiler,
                         StringRules& rules);
Result<> add_array_rule(Keyword keyword, const Value& operand, Compiler& compiler,
                        ArrayRules& rules);
Result<> add_object_rule(Keyword keyword, const Value& operand, Compiler& compiler,
                         ObjectRules& rules);
Result<> add_in_place_rule(Keyword keyword, const Value& operand, Compiler& compiler,
                           InPlaceRules& rules);
// Joins what properties and required say of the same name, and sorts for find_property.
void seal_properties(ObjectRules& rules);
Result<> check_annotation(Keyword keyword, const Value& operand);

// An integer of at least 0; 2.0 is one.
Result<> read_count(const Value& operand, std::uint64_t& out);

// An error if some subschema applies itself to the same value unconditionally, which no value could
// ever pass.
Result<> refuse_endless_references(const Program& program);

}  // namespace toolpost::json
