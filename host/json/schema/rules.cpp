// SPDX-License-Identifier: Apache-2.0
// From keywords to rules: the shape of every operand is checked here, once.
#include "json/schema/compiler.hpp"
#include "json/schema/equal.hpp"
#include "json/schema/numbers.hpp"
#include "json/schema/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace toolpost::json {
namespace {

struct TypeName {
  std::string_view name;
  TypeSet types;
};

constexpr std::array kTypeNames = {
    TypeName{"null", kNullType},     TypeName{"boolean", kBooleanType},
    TypeName{"string", kStringType}, TypeName{"integer", kIntegerType},
    TypeName{"array", kArrayType},   TypeName{"number", kIntegerType | kFractionType},
    TypeName{"object", kObjectType},
};

Result<TypeSet> read_type(const Value& operand) {
  if (!operand.is_string()) return invalid("must be the name of a type or an array of such names");
  for (const TypeName& type : kTypeNames) {
    if (type.name == operand.as_string()) return type.types;
  }
  return invalid(quoted(operand.as_string()) + " is not the name of a type");
}

Result<TypeSet> read_types(const Value& operand) {
  if (!operand.is_array()) return read_type(operand);
  if (operand.items().empty()) return invalid("must not be empty");
  Budget budget{operand.items().size() * operand.items().size() * 4};
  TypeSet types = 0;
  for (const Value& item : operand.items()) {
    const auto type = read_type(item);
    if (!type) return type.error();
    types = static_cast<TypeSet>(types | *type);
  }
  if (find_duplicate(operand.items(), budget)) return invalid("names a type twice");
  return types;
}

bool is_object_of_booleans(const Value& value) {
  return value.is_object() &&
         std::all_of(value.members().begin(), value.members().end(),
                     [](const Member& member) { return member.value.is_bool(); });
}

constexpr std::size_t kFewValues = 16;

}  // namespace

Result<> read_count(const Value& operand, std::uint64_t& out) {
  const Value zero{std::int64_t{0}};
  if (!operand.is_number() || !is_integer(operand) || std::is_lt(compare_numbers(operand, zero))) {
    return invalid("must be an integer of at least 0");
  }
  if (operand.type() == Type::kInt64) {
    out = static_cast<std::uint64_t>(operand.as_int64());
  } else if (operand.type() == Type::kUint64) {
    out = operand.as_uint64();
  } else {
    out = operand.as_double() < kTwo64 ? static_cast<std::uint64_t>(operand.as_double())
                                       : std::numeric_limits<std::uint64_t>::max();
  }
  return {};
}

Result<> add_value_rule(Keyword keyword, const Value& operand, Compiler& compiler, Node& node) {
  if (keyword == Keyword::kType) {
    const auto types = read_types(operand);
    if (!types) return types.error();
    node.types = *types;
    return {};
  }
  if (keyword == Keyword::kEnum && !operand.is_array()) return invalid("must be an array");
  const auto kept = compiler.keep(operand);
  if (!kept) return kept.error();
  if (!node.values) node.values = std::make_unique<ValueRules>();
  if (keyword == Keyword::kConst) {
    node.values->constant = *kept;
    return {};
  }
  ValueSet& allowed = node.values->allowed.emplace();
  allowed.values = kept->items();
  if (allowed.values.size() <= kFewValues) return {};
  Budget budget{std::numeric_limits<std::uint64_t>::max()};
  for (std::uint32_t i = 0; i < allowed.values.size(); ++i) {
    allowed.by_hash.emplace_back(hash(allowed.values[i], budget), i);
  }
  std::sort(allowed.by_hash.begin(), allowed.by_hash.end());
  return {};
}

Result<> add_number_rule(Keyword keyword, const Value& operand, NumberRules& rules) {
  if (!operand.is_number()) return invalid("must be a number");
  switch (keyword) {
    case Keyword::kMinimum:
      rules.minimum = operand;
      break;
    case Keyword::kMaximum:
      rules.maximum = operand;
      break;
    case Keyword::kExclusiveMinimum:
      rules.exclusive_minimum = operand;
      break;
    case Keyword::kExclusiveMaximum:
      rules.exclusive_maximum = operand;
      break;
    default:
      if (std::is_lteq(compare_numbers(operand, Value{std::int64_t{0}})))
        return invalid("must be above 0");
      rules.multiple_of = operand;
  }
  return {};
}

Result<> add_string_rule(Keyword keyword, const Value& operand, Compiler& compiler,
                         StringRules& rules) {
  if (keyword == Keyword::kMinLength) return read_count(operand, rules.length.min);
  if (keyword == Keyword::kMaxLength) return read_count(operand, rules.length.max);
  if (!operand.is_string()) return invalid("must be a string");
  const auto pattern = compiler.add_pattern(operand.as_string());
  if (!pattern) return pattern.error();
  rules.pattern = *pattern;
  return {};
}

Result<> add_array_rule(Keyword keyword, const Value& operand, Compiler& compiler,
                        ArrayRules& rules) {
  switch (keyword) {
    case Keyword::kMinItems:
      return read_count(operand, rules.count.min);
    case Keyword::kMaxItems:
      return read_count(operand, rules.count.max);
    case Keyword::kMinContains:
      return read_count(operand, rules.matches.min);
    case Keyword::kMaxContains:
      return read_count(operand, rules.matches.max);
    case Keyword::kUniqueItems:
      if (!operand.is_bool()) return invalid("must be a boolean");
      rules.unique = operand.as_bool();
      return {};
    case Keyword::kPrefixItems:
      for (const Value& item : operand.items()) rules.prefix.push_back(compiler.node_for(item));
      return {};
    case Keyword::kItems:
      rules.items = compiler.node_for(operand);
      return {};
    default:
      rules.contains = compiler.node_for(operand);
      return {};
  }
}

Result<> add_in_place_rule(Keyword keyword, const Value& operand, Compiler& compiler,
                           InPlaceRules& rules) {
  const auto nodes = [&](std::vector<NodeId>& list) -> Result<> {
    for (const Value& item : operand.items()) list.push_back(compiler.node_for(item));
    return {};
  };
  switch (keyword) {
    case Keyword::kAllOf:
      return nodes(rules.all_of);
    case Keyword::kAnyOf:
      return nodes(rules.any_of);
    case Keyword::kOneOf:
      return nodes(rules.one_of);
    case Keyword::kNot:
      rules.negated = compiler.node_for(operand);
      return {};
    case Keyword::kIf:
      rules.condition = compiler.node_for(operand);
      return {};
    case Keyword::kThen:
      rules.consequence = compiler.node_for(operand);
      return {};
    default:
      rules.alternative = compiler.node_for(operand);
      return {};
  }
}

Result<> check_annotation(Keyword keyword, const Value& operand) {
  switch (keyword) {
    case Keyword::kComment:
    case Keyword::kTitle:
    case Keyword::kDescription:
    case Keyword::kFormat:
    case Keyword::kContentEncoding:
    case Keyword::kContentMediaType:
      return operand.is_string() ? Result<>{} : invalid("must be a string");
    case Keyword::kDeprecated:
    case Keyword::kReadOnly:
    case Keyword::kWriteOnly:
      return operand.is_bool() ? Result<>{} : invalid("must be a boolean");
    case Keyword::kExamples:
      return operand.is_array() ? Result<>{} : invalid("must be an array");
    case Keyword::kVocabulary:
      return is_object_of_booleans(operand) ? Result<>{} : invalid("must be an object of booleans");
    default:
      return {};
  }
}

}  // namespace toolpost::json
