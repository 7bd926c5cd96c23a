// SPDX-License-Identifier: Apache-2.0
// What a schema becomes: a graph of nodes, one for each subschema, with the rules grouped by the
// type of value they are about, so that checking a value looks only at what can concern it.
#pragma once

#include "json/schema/keywords.hpp"
#include "json/schema/pattern.hpp"
#include "json/schema/schema.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace toolpost::json {

using NodeId = std::uint32_t;
using ResourceId = std::uint32_t;
using OriginId = std::uint32_t;
using PatternId = std::uint32_t;

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// A bit for each type of JSON Schema; a number is either an integer or a fraction.
using TypeSet = std::uint8_t;
inline constexpr TypeSet kNullType = 1;
inline constexpr TypeSet kBooleanType = 2;
inline constexpr TypeSet kIntegerType = 4;
inline constexpr TypeSet kFractionType = 8;
inline constexpr TypeSet kStringType = 16;
inline constexpr TypeSet kArrayType = 32;
inline constexpr TypeSet kObjectType = 64;
inline constexpr TypeSet kAnyType = 127;

TypeSet type_of(const Value& value) noexcept;

// Where a subschema stands, as a chain towards the root of its document.
struct Origin {
  OriginId parent = kNone;
  std::string_view keyword;     // for a root: the document's URI
  std::string_view name;        // the member of `keyword`, if it holds several by name
  std::uint32_t index = kNone;  // or its position
};

// Values copied from the schema, found by hash when there are many.
struct ValueSet {
  std::span<const Value> values;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> by_hash;
};

struct ValueRules {
  std::optional<ValueSet> allowed;
  std::optional<Value> constant;
};

struct NumberRules {
  std::optional<Value> minimum;
  std::optional<Value> maximum;
  std::optional<Value> exclusive_minimum;
  std::optional<Value> exclusive_maximum;
  std::optional<Value> multiple_of;
};

struct CountRange {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
};

struct StringRules {
  CountRange length;  // in code points
  PatternId pattern = kNone;
};

struct ArrayRules {
  CountRange count;
  bool unique = false;
  std::vector<NodeId> prefix;
  NodeId items = kNone;
  NodeId contains = kNone;
  CountRange matches{1};  // of contains
};

// A name that the schema knows, from properties or required.
struct PropertyRule {
  std::string_view name;
  NodeId schema = kNone;
  bool is_required = false;
};

struct PatternRule {
  PatternId pattern;
  NodeId schema;
};

struct Dependency {
  std::string_view name;
  NodeId schema = kNone;
  std::vector<std::string_view> required;
};

struct ObjectRules {
  CountRange count;
  std::vector<PropertyRule> properties;  // sorted for find_property
  bool has_required = false;
  std::vector<PatternRule> patterns;
  NodeId additional = kNone;
  NodeId names = kNone;
  std::vector<Dependency> dependencies;
};

struct DynamicReference {
  NodeId target = kNone;       // where it leads if nothing in the dynamic scope takes over
  std::uint32_t name = kNone;  // in Program::dynamic_names; kNone: an ordinary reference
};

// Subschemas for the same place in the value.
struct InPlaceRules {
  NodeId reference = kNone;
  DynamicReference dynamic;
  std::vector<NodeId> all_of;
  std::vector<NodeId> any_of;
  std::vector<NodeId> one_of;
  NodeId negated = kNone;
  NodeId condition = kNone;
  NodeId consequence = kNone;
  NodeId alternative = kNone;
};

// Absent groups cost a pointer.
struct Node {
  TypeSet types = kAnyType;
  bool accepts_nothing = false;
  OriginId origin = kNone;
  ResourceId resource = 0;
  NodeId unevaluated_items = kNone;
  NodeId unevaluated_properties = kNone;
  std::unique_ptr<ValueRules> values;
  std::unique_ptr<NumberRules> numbers;
  std::unique_ptr<StringRules> strings;
  std::unique_ptr<ArrayRules> arrays;
  std::unique_ptr<ObjectRules> objects;
  std::unique_ptr<InPlaceRules> in_place;
};

struct DynamicAnchor {
  std::uint32_t name;  // in Program::dynamic_names
  NodeId target;
};

// Node 0 is the whole schema.
struct Program {
  SchemaLimits limits;
  Arena arena;  // holds every string and value that the rest points to
  std::vector<Node> nodes;
  std::vector<Origin> origins;
  std::vector<Pattern> patterns;
  std::vector<std::string_view> dynamic_names;
  std::vector<std::vector<DynamicAnchor>> dynamic_anchors;  // by resource
};

std::string_view copy_into(Arena& arena, std::string_view text);

// The order of ObjectRules::properties: cheap to compare rather than alphabetical.
bool before_in_table(std::string_view a, std::string_view b) noexcept;

// Null if the schema does not name it.
const PropertyRule* find_property(const std::vector<PropertyRule>& sorted, std::string_view name);

// "#/properties/a", or "https://...#/..." in another document; names are cut short.
std::string location_of(const std::vector<Origin>& origins, OriginId origin);

}  // namespace toolpost::json
