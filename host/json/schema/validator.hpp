// SPDX-License-Identifier: Apache-2.0
// One validation: walks the value and the program side by side and stops at the first rule that is
// broken. Allocates only for unevaluated*, for uniqueItems of many items, and for the message.
#pragma once

#include "json/schema/equal.hpp"
#include "json/schema/index_set.hpp"
#include "json/schema/program.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace toolpost::json {

class Validator {
 public:
  explicit Validator(const Program& program) : program_(program), budget_(program.limits.steps) {}

  // Once.
  std::optional<Violation> run(const Value& instance);

 private:
  // Spends a budget, whatever was left.
  static constexpr std::uint64_t kEverything = static_cast<std::uint64_t>(-1);

  // Members that a search compares in the time of a step.
  static constexpr std::size_t kMembersPerStep = 16;

  // The way from the root of the instance, innermost first.
  struct Path {
    const Path* parent;
    std::string_view key;
    std::size_t index = 0;
    bool is_index = false;
  };

  // The dynamic scope: the resources entered on the way, innermost first.
  struct Scope {
    const Scope* parent;
    ResourceId resource;
  };

  struct Frame {
    const Value& value;
    const Path* path;
    const Scope* scope;
    IndexSet* evaluated;  // where to note what was evaluated; null when nobody asks
    bool quiet;           // a failure here may yet be no failure: do not report it
  };

  // How to say that a count is out of range.
  struct CountWords {
    Keyword min;
    Keyword max;
    const char* unit;
  };

  bool apply(NodeId id, const Frame& frame);
  bool apply_rules(const Node& node, const Frame& frame);
  bool apply_to_item(NodeId id, const Frame& parent, std::size_t index, bool quiet);
  bool apply_to_member(NodeId id, const Frame& parent, const Member& member);
  // A trial: quiet, and what it evaluated counts only if it holds.
  bool holds(NodeId id, const Frame& frame);

  bool check_typed(const Node& node, const Frame& frame);
  bool check_values(const Node& node, const Frame& frame);
  bool check_numbers(const Node& node, const Frame& frame);
  bool check_strings(const Node& node, const Frame& frame);

  bool check_arrays(const Node& node, const Frame& frame);
  bool check_items(const Node& node, const Frame& frame);
  bool check_contains(const Node& node, const Frame& frame);
  bool check_unevaluated_items(const Node& node, const Frame& frame);

  bool check_objects(const Node& node, const Frame& frame);
  bool check_required(const Node& node, const Frame& frame);
  bool check_members(const Node& node, const Frame& frame);
  bool check_names(const Node& node, const Frame& frame);
  bool check_dependencies(const Node& node, const Frame& frame);
  bool check_unevaluated_properties(const Node& node, const Frame& frame);
  bool check_additional(const Node& node, const Frame& frame, const Member& member);

  bool check_in_place(const Node& node, const Frame& frame);
  bool check_any_of(const Node& node, const Frame& frame);
  bool check_one_of(const Node& node, const Frame& frame);
  bool check_condition(const Node& node, const Frame& frame);
  NodeId dynamic_target(const DynamicReference& reference, const Scope* scope);

  bool is_allowed(const ValueSet& set, const Value& value);
  bool check_count(const Node& node, const Frame& frame, const CountRange& range,
                   std::uint64_t count, const CountWords& words);
  bool matches(PatternId pattern, std::string_view text);

  // Always false, so that a check can end with it. `explain` is called only if it is wanted.
  template <class Explain>
  bool fail(const Node& node, const Frame& frame, Keyword keyword, Explain&& explain) {
    if (!frame.quiet && !budget_.exhausted() && !violation_) {
      report(node, frame, keyword, explain());
    }
    return false;
  }

  void report(const Node& node, const Frame& frame, Keyword keyword, const std::string& text);
  std::string explain_alternatives(const std::vector<NodeId>& nodes, const Frame& frame);
  std::string explain_missing(const ObjectRules& rules, const IndexSet& seen) const;
  std::string explain_unknown(const ObjectRules& rules, std::string_view name) const;

  const Program& program_;
  Budget budget_;
  std::uint32_t depth_ = 0;
  std::optional<Violation> violation_;
};

}  // namespace toolpost::json
