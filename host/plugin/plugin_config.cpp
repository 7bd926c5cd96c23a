// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_config.hpp"

#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/schema/schema.hpp"
#include "json/writer.hpp"

#include <optional>

namespace toolpost::plugin {
namespace {

std::optional<std::string> missing_value(const json::RawMember& property,
                                         const HostValues& host_values) {
  const auto value = host_values.find(json::unescape(property.key));
  if (value != host_values.end()) return value->second;
  const auto preset = json::find_raw(property.value, "default");
  return preset ? std::optional<std::string>{*preset} : std::nullopt;
}

std::string completed(std::string_view given, std::string_view schema,
                      const HostValues& host_values) {
  std::string text;
  json::Writer writer{text};
  const auto copy = [&](const json::RawMember& member) {
    std::string line;
    json::append_on_one_line(line, member.value);
    writer.key(json::unescape(member.key)).raw(line);
  };
  writer.begin_object();
  json::RawMember member;
  for (json::RawObject members{given}; members.next(member);) copy(member);
  const auto properties = json::find_raw(schema, "properties");
  for (json::RawObject known{properties.value_or("{}")}; known.next(member);) {
    if (json::find_raw(given, json::unescape(member.key))) continue;
    if (const auto value = missing_value(member, host_values)) copy({member.key, *value});
  }
  writer.end_object();
  return text;
}

}  // namespace

Result<std::string> complete_config(std::string_view given, std::string_view schema,
                                    const HostValues& host_values) {
  if (schema.empty()) schema = "{}";  // the entry leaves the configuration open
  const auto schema_tree = json::parse(schema);
  if (!schema_tree) return Error{schema_tree.error()}.in("config_schema");
  const auto compiled = json::Schema::compile(schema_tree->root());
  if (!compiled) return Error{compiled.error()}.in("config_schema");
  const auto given_tree = json::parse(given);
  if (!given_tree) return Error{given_tree.error()}.in("config");
  if (!given_tree->root().is_object()) return invalid("config: must be an object");
  std::string text = completed(given, schema, host_values);
  const auto tree = json::parse(text);
  if (!tree) return Error{tree.error()}.in("config");
  if (const auto violation = compiled->validate(tree->root())) {
    return invalid("config: " + violation->message);
  }
  return text;
}

}  // namespace toolpost::plugin
