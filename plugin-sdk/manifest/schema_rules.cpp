// SPDX-License-Identifier: Apache-2.0
#include "schema_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace toolpost::manifest {
namespace {

using sdk::Json;
using sdk::JsonMember;
using Kind = Json::Kind;
using Mistake = std::optional<std::string>;

enum class Shape {
  kSchema,
  kSchemas,  // a list of schemas
  kSchemaMap,
  kTypes,
  kNumber,
  kCount,
  kText,
  kFlag,
  kList,
  kNames,
  kNameMap,
};

struct Keyword {
  std::string_view name;
  Shape shape;
};

constexpr std::array kKeywords = {
    Keyword{"$defs", Shape::kSchemaMap},
    Keyword{"$id", Shape::kText},
    Keyword{"$ref", Shape::kText},
    Keyword{"$schema", Shape::kText},
    Keyword{"additionalProperties", Shape::kSchema},
    Keyword{"allOf", Shape::kSchemas},
    Keyword{"anyOf", Shape::kSchemas},
    Keyword{"contains", Shape::kSchema},
    Keyword{"dependentRequired", Shape::kNameMap},
    Keyword{"dependentSchemas", Shape::kSchemaMap},
    Keyword{"deprecated", Shape::kFlag},
    Keyword{"description", Shape::kText},
    Keyword{"else", Shape::kSchema},
    Keyword{"enum", Shape::kList},
    Keyword{"examples", Shape::kList},
    Keyword{"exclusiveMaximum", Shape::kNumber},
    Keyword{"exclusiveMinimum", Shape::kNumber},
    Keyword{"format", Shape::kText},
    Keyword{"if", Shape::kSchema},
    Keyword{"items", Shape::kSchema},
    Keyword{"maxContains", Shape::kCount},
    Keyword{"maxItems", Shape::kCount},
    Keyword{"maxLength", Shape::kCount},
    Keyword{"maxProperties", Shape::kCount},
    Keyword{"maximum", Shape::kNumber},
    Keyword{"minContains", Shape::kCount},
    Keyword{"minItems", Shape::kCount},
    Keyword{"minLength", Shape::kCount},
    Keyword{"minProperties", Shape::kCount},
    Keyword{"minimum", Shape::kNumber},
    Keyword{"multipleOf", Shape::kNumber},
    Keyword{"not", Shape::kSchema},
    Keyword{"oneOf", Shape::kSchemas},
    Keyword{"pattern", Shape::kText},
    Keyword{"patternProperties", Shape::kSchemaMap},
    Keyword{"prefixItems", Shape::kSchemas},
    Keyword{"properties", Shape::kSchemaMap},
    Keyword{"propertyNames", Shape::kSchema},
    Keyword{"readOnly", Shape::kFlag},
    Keyword{"required", Shape::kNames},
    Keyword{"then", Shape::kSchema},
    Keyword{"title", Shape::kText},
    Keyword{"type", Shape::kTypes},
    Keyword{"unevaluatedItems", Shape::kSchema},
    Keyword{"unevaluatedProperties", Shape::kSchema},
    Keyword{"uniqueItems", Shape::kFlag},
    Keyword{"writeOnly", Shape::kFlag},
};

constexpr std::array<std::string_view, 7> kTypes = {"array",  "boolean", "integer", "null",
                                                    "number", "object",  "string"};

bool is_number(const Json& value) {
  return value.kind() == Kind::kInteger || value.kind() == Kind::kDouble;
}

bool is_whole(const Json& value) {
  return is_number(value) && std::floor(value.as_double()) == value.as_double();
}

bool are_names(const Json& value) {
  return value.is_array() && std::all_of(value.as_array().begin(), value.as_array().end(),
                                         [](const Json& name) { return name.is_string(); });
}

bool is_type(const Json& value) {
  return value.is_string() &&
         std::find(kTypes.begin(), kTypes.end(), value.as_string()) != kTypes.end();
}

Mistake check_schema(const Json& schema, const std::string& path);

Mistake check_list(const Json& schemas, const std::string& path) {
  if (!schemas.is_array() || schemas.as_array().empty()) {
    return path + ": must be a list of schemas, and not empty";
  }
  std::size_t index = 0;
  for (const Json& schema : schemas.as_array()) {
    if (auto mistake = check_schema(schema, path + "/" + std::to_string(index++))) return mistake;
  }
  return std::nullopt;
}

Mistake check_map(const Json& schemas, const std::string& path) {
  if (!schemas.is_object()) return path + ": must be an object of schemas";
  for (const JsonMember& member : schemas.as_object()) {
    if (auto mistake = check_schema(member.value, path + "/" + member.key)) return mistake;
  }
  return std::nullopt;
}

Mistake check_types(const Json& types, const std::string& path) {
  if (is_type(types)) return std::nullopt;
  if (types.is_array() && !types.as_array().empty() &&
      std::all_of(types.as_array().begin(), types.as_array().end(), is_type)) {
    return std::nullopt;
  }
  return path + ": " + types.dump() + " is not the name of a type, nor a list of such names";
}

Mistake unless(bool good, const std::string& path, const char* wanted) {
  return good ? Mistake{} : path + ": must be " + wanted;
}

Mistake check_keyword(Shape shape, const Json& value, const std::string& path) {
  switch (shape) {
    case Shape::kSchema:
      return check_schema(value, path);
    case Shape::kSchemas:
      return check_list(value, path);
    case Shape::kSchemaMap:
      return check_map(value, path);
    case Shape::kTypes:
      return check_types(value, path);
    case Shape::kNumber:
      return unless(is_number(value), path, "a number");
    case Shape::kCount:
      return unless(is_whole(value) && value.as_double() >= 0, path, "an integer of at least 0");
    case Shape::kText:
      return unless(value.is_string(), path, "a string");
    case Shape::kFlag:
      return unless(value.kind() == Kind::kBool, path, "a boolean");
    case Shape::kList:
      return unless(value.is_array(), path, "an array");
    case Shape::kNames:
      return unless(are_names(value), path, "an array of property names");
    case Shape::kNameMap:
      return unless(value.is_object() &&
                        std::all_of(value.as_object().begin(), value.as_object().end(),
                                    [](const JsonMember& one) { return are_names(one.value); }),
                    path, "an object of arrays of property names");
  }
  return std::nullopt;
}

Mistake check_schema(const Json& schema, const std::string& path) {
  if (schema.kind() == Kind::kBool) return std::nullopt;
  if (!schema.is_object()) return path + ": must be a schema, an object or a boolean";
  for (const JsonMember& member : schema.as_object()) {
    const auto* const keyword =
        std::find_if(kKeywords.begin(), kKeywords.end(),
                     [&](const Keyword& known) { return known.name == member.key; });
    if (keyword == kKeywords.end()) continue;
    if (auto mistake = check_keyword(keyword->shape, member.value, path + "/" + member.key)) {
      return mistake;
    }
  }
  return std::nullopt;
}

bool has_type(const Json& value, std::string_view type) {
  switch (value.kind()) {
    case Kind::kNull:
      return type == "null";
    case Kind::kBool:
      return type == "boolean";
    case Kind::kInteger:
      return type == "integer" || type == "number";
    case Kind::kDouble:
      return type == "number" || (type == "integer" && is_whole(value));
    case Kind::kString:
      return type == "string";
    case Kind::kArray:
      return type == "array";
    case Kind::kObject:
      return type == "object";
  }
  return false;
}

bool has_one_of(const Json& value, const Json& types) {
  if (types.is_string()) return has_type(value, types.as_string());
  return std::any_of(types.as_array().begin(), types.as_array().end(),
                     [&](const Json& type) { return has_type(value, type.as_string()); });
}

// 1 and 1.0 are the same value to a schema; the SDK tells them apart, so numbers are left alone.
bool may_differ(const Json& one, const Json& other) {
  return one != other && !is_number(one) && !one.is_array() && !one.is_object();
}

// Code points, as JSON Schema counts.
double length_of(const std::string& text) {
  return static_cast<double>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

Mistake check_bounds(double value, const Json& schema, const char* least, const char* most,
                     const std::string& path) {
  if (const Json* bound = schema.find(least); bound != nullptr && value < bound->as_double()) {
    return path + ": is below " + least;
  }
  if (const Json* bound = schema.find(most); bound != nullptr && value > bound->as_double()) {
    return path + ": is above " + most;
  }
  return std::nullopt;
}

// `schema` has the right shape. Keywords that need a validator are not judged.
Mistake check_value(const Json& value, const Json& schema, const std::string& path) {
  if (!schema.is_object()) return std::nullopt;
  if (const Json* types = schema.find("type"); types != nullptr && !has_one_of(value, *types)) {
    return path + ": is not of the type " + types->dump();
  }
  if (const Json* allowed = schema.find("enum"); allowed != nullptr) {
    const auto& list = allowed->as_array();
    if (std::all_of(list.begin(), list.end(),
                    [&](const Json& one) { return may_differ(value, one); })) {
      return path + ": is none of " + allowed->dump();
    }
  }
  if (is_number(value)) return check_bounds(value.as_double(), schema, "minimum", "maximum", path);
  if (value.is_string()) {
    return check_bounds(length_of(value.as_string()), schema, "minLength", "maxLength", path);
  }
  if (!value.is_array()) return std::nullopt;
  const Json* items = schema.find("prefixItems") == nullptr ? schema.find("items") : nullptr;
  std::size_t index = 0;
  for (const Json& item : value.as_array()) {
    if (items == nullptr) break;
    if (auto mistake = check_value(item, *items, path + "/" + std::to_string(index++))) {
      return mistake;
    }
  }
  return check_bounds(static_cast<double>(value.as_array().size()), schema, "minItems", "maxItems",
                      path);
}

}  // namespace

std::optional<std::string> find_schema_mistake(const Json& schema) {
  if (auto mistake = check_schema(schema, "")) return mistake;
  const Json* const properties = schema.find("properties");
  if (properties == nullptr) return std::nullopt;
  for (const JsonMember& member : properties->as_object()) {
    const Json* const preset = member.value.is_object() ? member.value.find("default") : nullptr;
    if (preset == nullptr) continue;
    const std::string path = "/properties/" + member.key + "/default";
    if (auto mistake = check_value(*preset, member.value, path)) return mistake;
  }
  return std::nullopt;
}

}  // namespace toolpost::manifest
