// SPDX-License-Identifier: Apache-2.0
// Each method writes one keyword.
#include <toolpost/schema.hpp>

#include <cmath>

namespace toolpost::sdk {
namespace {

constexpr double kLargestExact = 9007199254740992.0;  // 2^53

// A whole bound is written as 1 and not as 1.0, which some readers refuse for integers.
Json whole_if_possible(double bound) {
  if (std::trunc(bound) == bound && std::abs(bound) <= kLargestExact) {
    return static_cast<std::int64_t>(bound);
  }
  return bound;
}

Json listed(std::initializer_list<const char*> values) {
  Json list = Json::array();
  for (const char* value : values) list.push_back(value);
  return list;
}

Json titled(const std::vector<Option>& options) {
  Json list = Json::array();
  for (const Option& option : options) {
    list.push_back(Json::object({{"const", option.value}, {"title", option.title}}));
  }
  return list;
}

}  // namespace

Schema::Schema(const char* type, std::string description) {
  json_.set("type", type);
  if (!description.empty()) json_.set("description", std::move(description));
}

Schema Schema::object(std::string description) {
  Schema schema("object", std::move(description));
  schema.set("properties", Json::object()).set("additionalProperties", false);
  return schema;
}

Schema Schema::string(std::string description) {
  return {"string", std::move(description)};
}

Schema Schema::integer(std::string description) {
  return {"integer", std::move(description)};
}

Schema Schema::number(std::string description) {
  return {"number", std::move(description)};
}

Schema Schema::boolean(std::string description) {
  return {"boolean", std::move(description)};
}

Schema Schema::array(const Schema& items, std::string description) {
  Schema schema("array", std::move(description));
  schema.set("items", items.json());
  return schema;
}

Schema Schema::choice(std::initializer_list<const char*> values, std::string description) {
  Schema schema("string", std::move(description));
  schema.set("enum", listed(values));
  return schema;
}

Schema Schema::titled_choice(const std::vector<Option>& options, std::string description) {
  Schema schema("string", std::move(description));
  schema.set("oneOf", titled(options));
  return schema;
}

Schema Schema::choices(std::initializer_list<const char*> values, std::string description) {
  return array(choice(values), std::move(description));
}

Schema Schema::titled_choices(const std::vector<Option>& options, std::string description) {
  Schema schema("array", std::move(description));
  schema.set("items", Json::object({{"anyOf", titled(options)}}));
  return schema;
}

Schema Schema::legacy_choice(const std::vector<Option>& options, std::string description) {
  Json values = Json::array();
  Json names = Json::array();
  for (const Option& option : options) {
    values.push_back(option.value);
    names.push_back(option.title);
  }
  Schema schema("string", std::move(description));
  schema.set("enum", std::move(values)).set("enumNames", std::move(names));
  return schema;
}

Schema& Schema::required(const std::string& name, const Schema& member) {
  Json names = json_["required"];
  names.push_back(name);
  json_.set("required", std::move(names));
  return optional(name, member);
}

Schema& Schema::optional(const std::string& name, const Schema& member) {
  Json members = json_["properties"];
  members.set(name, member.json());
  return set("properties", std::move(members));
}

Schema& Schema::allow_other_members() {
  return set("additionalProperties", true);
}

Schema& Schema::minimum(double bound) {
  return set("minimum", whole_if_possible(bound));
}

Schema& Schema::maximum(double bound) {
  return set("maximum", whole_if_possible(bound));
}

Schema& Schema::min_length(unsigned count) {
  return set("minLength", count);
}

Schema& Schema::max_length(unsigned count) {
  return set("maxLength", count);
}

Schema& Schema::pattern(std::string regular_expression) {
  return set("pattern", std::move(regular_expression));
}

Schema& Schema::min_items(unsigned count) {
  return set("minItems", count);
}

Schema& Schema::max_items(unsigned count) {
  return set("maxItems", count);
}

Schema& Schema::format(std::string name) {
  return set("format", std::move(name));
}

Schema& Schema::title(std::string text) {
  return set("title", std::move(text));
}

Schema& Schema::default_value(Json value) {
  return set("default", std::move(value));
}

Schema& Schema::loggable() {
  return set("x-toolpost-log", true);
}

Schema& Schema::set(std::string keyword, Json value) {
  json_.set(std::move(keyword), std::move(value));
  return *this;
}

}  // namespace toolpost::sdk
