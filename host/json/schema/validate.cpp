// SPDX-License-Identifier: Apache-2.0
// The course of a validation, and the rules about values, numbers and strings.
#include "base/check.hpp"
#include "json/schema/numbers.hpp"
#include "json/schema/text.hpp"
#include "json/schema/validator.hpp"

#include <algorithm>

namespace toolpost::json {
namespace {

std::uint64_t code_points(std::string_view text) {
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
  }));
}

struct TypeWord {
  TypeSet types;
  const char* name;
};

// "number" before "integer", which is a part of it.
constexpr TypeWord kTypeWords[] = {
    {kObjectType, "object"},   {kArrayType, "array"},
    {kStringType, "string"},   {kIntegerType | kFractionType, "number"},
    {kIntegerType, "integer"}, {kFractionType, "number"},
    {kBooleanType, "boolean"}, {kNullType, "null"}};

std::string type_names(TypeSet types) {
  std::string out;
  for (const TypeWord& name : kTypeWords) {
    if ((types & name.types) != name.types) continue;
    types = static_cast<TypeSet>(types & ~name.types);
    if (!out.empty()) out += " or ";
    out += name.name;
  }
  return out;
}

}  // namespace

std::optional<Violation> Schema::validate(const Value& instance) const {
  std::vector<Violation> found = Validator{*program_, 1}.run(instance);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Violation> Schema::violations(const Value& instance, std::size_t limit) const {
  return Validator{*program_, std::max<std::size_t>(limit, 1)}.run(instance);
}

std::vector<Violation> Validator::run(const Value& instance) {
  const bool valid = apply(0, {instance, nullptr, nullptr, nullptr, false});
  if (budget_.exhausted()) {
    const std::string reason =
        "checking this takes more work than is allowed; make the value smaller or less deeply "
        "nested";
    return {{"", "#", "budget", reason, "(root): " + reason + " (budget)", "", ""}};
  }
  if (valid) return {};
  TOOLPOST_CHECK(!violations_.empty());
  return std::move(violations_);
}

bool Validator::apply(NodeId id, const Frame& frame) {
  if (!budget_.spend(1)) return false;
  if (depth_ >= program_.limits.recursion) return budget_.spend(kEverything);
  const Node& node = program_.nodes[id];
  if (node.accepts_nothing) {
    return fail(node, frame, Keyword::kFalse, [] { return std::string{"is not allowed here"}; });
  }
  if ((type_of(frame.value) & node.types) == 0) {
    return fail(node, frame, Keyword::kType, [&] {
      return "must be " + type_names(node.types) + ", is " + type_names(type_of(frame.value));
    });
  }
  ++depth_;
  const bool valid = apply_rules(node, frame);
  --depth_;
  return valid;
}

bool Validator::apply_rules(const Node& node, const Frame& outer) {
  const Scope scope{outer.scope, node.resource};
  const bool is_entered = outer.scope == nullptr || outer.scope->resource != node.resource;
  Frame frame{outer.value, outer.path, is_entered ? &scope : outer.scope, outer.evaluated,
              outer.quiet};
  bool valid = true;
  if (node.values && is_enough(check_values(node, frame), valid, frame)) return false;
  const bool is_array = frame.value.is_array();
  const bool is_object = frame.value.is_object();
  const NodeId unevaluated = is_array    ? node.unevaluated_items
                             : is_object ? node.unevaluated_properties
                                         : kNone;
  IndexSet evaluated;
  if (unevaluated != kNone) frame.evaluated = &evaluated;
  if (is_enough(check_typed(node, frame), valid, frame)) return false;
  if (node.in_place && is_enough(check_in_place(node, frame), valid, frame)) return false;
  // What did not hold has evaluated nothing, so that nothing could be said of the rest.
  if (!valid || unevaluated == kNone) return valid;
  if (is_array && !check_unevaluated_items(node, frame)) return false;
  if (is_object && !check_unevaluated_properties(node, frame)) return false;
  // unevaluated* has looked at whatever was left.
  if (outer.evaluated != nullptr) outer.evaluated->insert_all();
  return true;
}

bool Validator::check_typed(const Node& node, const Frame& frame) {
  switch (frame.value.type()) {
    case Type::kInt64:
    case Type::kUint64:
    case Type::kDouble:
      return !node.numbers || check_numbers(node, frame);
    case Type::kString:
      return !node.strings || check_strings(node, frame);
    case Type::kArray:
      return !node.arrays || check_arrays(node, frame);
    case Type::kObject:
      return !node.objects || check_objects(node, frame);
    default:
      return true;
  }
}

bool Validator::check_values(const Node& node, const Frame& frame) {
  const ValueRules& rules = *node.values;
  if (rules.constant && !equal(*rules.constant, frame.value, budget_)) {
    return fail(node, frame, Keyword::kConst, [&] { return "must be " + brief(*rules.constant); });
  }
  if (rules.allowed && !is_allowed(*rules.allowed, frame.value)) {
    return fail(node, frame, Keyword::kEnum,
                [&] { return "must be one of: " + listed(rules.allowed->values); });
  }
  return true;
}

bool Validator::is_allowed(const ValueSet& set, const Value& value) {
  if (set.by_hash.empty()) {
    return std::any_of(set.values.begin(), set.values.end(),
                       [&](const Value& allowed) { return equal(allowed, value, budget_); });
  }
  const std::uint64_t key = hash(value, budget_);
  auto at = std::lower_bound(set.by_hash.begin(), set.by_hash.end(), std::pair{key, 0U});
  for (; at != set.by_hash.end() && at->first == key; ++at) {
    if (equal(set.values[at->second], value, budget_)) return true;
  }
  return false;
}

bool Validator::check_numbers(const Node& node, const Frame& frame) {
  const NumberRules& rules = *node.numbers;
  const Value& value = frame.value;
  const auto broken = [&](Keyword keyword, const char* relation, const Value& limit) {
    return fail(node, frame, keyword, [&] { return relation + brief(limit); });
  };
  if (rules.minimum && std::is_lt(compare_numbers(value, *rules.minimum))) {
    return broken(Keyword::kMinimum, "must be at least ", *rules.minimum);
  }
  if (rules.maximum && std::is_gt(compare_numbers(value, *rules.maximum))) {
    return broken(Keyword::kMaximum, "must be at most ", *rules.maximum);
  }
  if (rules.exclusive_minimum && std::is_lteq(compare_numbers(value, *rules.exclusive_minimum))) {
    return broken(Keyword::kExclusiveMinimum, "must be above ", *rules.exclusive_minimum);
  }
  if (rules.exclusive_maximum && std::is_gteq(compare_numbers(value, *rules.exclusive_maximum))) {
    return broken(Keyword::kExclusiveMaximum, "must be below ", *rules.exclusive_maximum);
  }
  if (rules.multiple_of && !is_multiple_of(value, *rules.multiple_of)) {
    return broken(Keyword::kMultipleOf, "must be a multiple of ", *rules.multiple_of);
  }
  return true;
}

bool Validator::check_strings(const Node& node, const Frame& frame) {
  const StringRules& rules = *node.strings;
  const std::string_view text = frame.value.as_string();
  if (!budget_.spend(text.size() / kBytesPerStep)) return false;
  const CountRange& range = rules.length;
  if (!check_count(node, frame, range, code_points(text),
                   {Keyword::kMinLength, Keyword::kMaxLength, "characters"})) {
    return false;
  }
  if (rules.pattern != kNone && !matches(rules.pattern, text)) {
    return fail(node, frame, Keyword::kPattern, [&] {
      return "must match the pattern " + quoted(program_.patterns[rules.pattern].source());
    });
  }
  return true;
}

bool Validator::check_count(const Node& node, const Frame& frame, const CountRange& range,
                            std::uint64_t count, const CountWords& words) {
  if (count < range.min) {
    return fail(node, frame, words.min, [&] {
      return "must have at least " + std::to_string(range.min) + " " + words.unit + ", has " +
             std::to_string(count);
    });
  }
  if (count > range.max) {
    return fail(node, frame, words.max, [&] {
      return "must have at most " + std::to_string(range.max) + " " + words.unit + ", has " +
             std::to_string(count);
    });
  }
  return true;
}

bool Validator::matches(PatternId id, std::string_view text) {
  const Pattern& pattern = program_.patterns[id];
  return budget_.spend(pattern.steps(text.size())) && pattern.matches(text);
}

}  // namespace toolpost::json
