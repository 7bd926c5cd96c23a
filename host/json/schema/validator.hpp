// SPDX-License-Identifier: Apache-2.0
// One validation: walks the value and the program side by side and stops when as many broken rules
// are found as are wanted. Allocates only for unevaluated*, for uniqueItems of many items, and for
// what is broken.
#pragma once

#include "json/schema/equal.hpp"
#include "json/schema/index_set.hpp"
#include "json/schema/program.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::json {

class Validator {
 public:
  // `wanted`, at least 1: how many violations to look for.
  Validator(const Program& program, std::size_t wanted)
      : program_(program), budget_(program.limits.steps), wanted_(wanted) {}

  // Once.
  std::vector<Violation> run(const Value& instance);

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

  // What a violation says of a rule.
  struct Reason {
    Reason(std::string what, std::string_view member = {})
        : text(std::move(what)), property(member) {}

    std::string text;
    std::string_view property;    // see Violation
    std::string_view suggestion;  // see Violation
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
  bool check_unique(const Node& node, const Frame& frame);
  bool check_items(const Node& node, const Frame& frame);
  bool check_contains(const Node& node, const Frame& frame);
  bool check_unevaluated_items(const Node& node, const Frame& frame);

  bool check_objects(const Node& node, const Frame& frame);
  bool check_required(const Node& node, const Frame& frame);
  bool check_members(const Node& node, const Frame& frame);
  bool check_member(const Node& node, const Frame& frame, const Member& member, bool& is_known);
  bool check_names(const Node& node, const Frame& frame);
  bool check_dependencies(const Node& node, const Frame& frame);
  bool check_unevaluated_properties(const Node& node, const Frame& frame);
  bool check_additional(const Node& node, const Frame& frame, const Member& member);

  bool check_in_place(const Node& node, const Frame& frame);
  bool check_negated(const Node& node, const Frame& frame);
  bool check_any_of(const Node& node, const Frame& frame);
  bool check_one_of(const Node& node, const Frame& frame);
  bool check_condition(const Node& node, const Frame& frame);
  NodeId dynamic_target(const DynamicReference& reference, const Scope* scope);

  bool is_allowed(const ValueSet& set, const Value& value);
  bool check_count(const Node& node, const Frame& frame, const CountRange& range,
                   std::uint64_t count, const CountWords& words);
  bool matches(PatternId pattern, std::string_view text);

  // What is broken here is reported, and there is room for it.
  bool reports(const Frame& frame) const noexcept {
    return !frame.quiet && !budget_.exhausted() && violations_.size() < wanted_;
  }

  // Takes down that a part did not hold; true when the parts after it need not be looked at.
  bool is_enough(bool held, bool& valid, const Frame& frame) const noexcept {
    valid = valid && held;
    return !held && !reports(frame);
  }

  // Always false, so that a check can end with it. `explain` is called only if it is wanted.
  template <class Explain>
  bool fail(const Node& node, const Frame& frame, Keyword keyword, Explain&& explain) {
    if (reports(frame)) report(node, frame, keyword, explain());
    return false;
  }

  void report(const Node& node, const Frame& frame, Keyword keyword, const Reason& reason);
  std::string explain_alternatives(const std::vector<NodeId>& nodes, const Frame& frame);
  std::string explain_missing(const ObjectRules& rules, const IndexSet& seen) const;
  static Reason explain_unknown(const ObjectRules& rules, std::string_view name);

  const Program& program_;
  Budget budget_;
  std::uint32_t depth_ = 0;
  std::size_t wanted_;
  std::vector<Violation> violations_;
};

}  // namespace toolpost::json
