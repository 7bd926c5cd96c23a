// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_config.hpp"

#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/schema/schema.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace toolpost::plugin {
namespace {

constexpr std::size_t kMaxMistakes = 50;

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

// "/a/0/b" below "plugins.ID.config" is plugins.ID.config.a.0.b.
std::string dotted(std::string path, std::string_view pointer) {
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    path.append(".").append(token);
    pointer.remove_prefix(token.size());
  }
  return path;
}

std::string describe(const json::Violation& mistake, const GivenConfig& given) {
  std::string path = dotted(given.path, mistake.instance_path);
  std::string reason = mistake.reason;
  if (!mistake.property.empty()) {
    path.append(".").append(mistake.property);
    reason = "unknown key";
    if (!mistake.suggestion.empty()) reason += "; did you mean \"" + mistake.suggestion + "\"?";
  }
  std::string text = path + ": " + reason;
  // A key is the operator's text: it must not break out of its line.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
  if (!given.place) return text;
  const std::string place = given.place(mistake.instance_path, mistake.property);
  return place.empty() ? text : place + ": " + text;
}

Error explain(const std::vector<json::Violation>& mistakes, const GivenConfig& given) {
  std::vector<std::string> lines;
  for (const json::Violation& mistake : mistakes) {
    std::string line = describe(mistake, given);
    // Two branches of a schema may say the same of one member.
    if (std::find(lines.begin(), lines.end(), line) == lines.end())
      lines.push_back(std::move(line));
  }
  std::string text;
  for (const std::string& line : lines) text.append(text.empty() ? "" : "\n").append(line);
  return invalid(std::move(text));
}

// What says of each property by itself what it may be, without the rules that bind them together: a
// default need not be a whole configuration.
std::string properties_alone(std::string_view schema) {
  constexpr std::array<std::string_view, 5> kKept = {"$schema", "$id", "$defs", "definitions",
                                                     "properties"};
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  for (const std::string_view key : kKept) {
    const auto value = json::find_raw(schema, key);
    if (!value) continue;
    std::string line;
    json::append_on_one_line(line, *value);
    writer.key(key).raw(line);
  }
  writer.end_object();
  return text;
}

Result<> check_defaults(std::string_view schema) {
  const std::string properties = properties_alone(schema);
  const auto alone = json::parse(properties);
  if (!alone) return alone.error();
  const auto compiled = json::Schema::compile(alone->root());
  if (!compiled) return {};  // it refers to a place that was left out, and is not judged
  const std::string values = completed("{}", schema, {});
  const auto defaults = json::parse(values);
  if (!defaults) return defaults.error();
  const auto mistake = compiled->validate(defaults->root());
  if (!mistake) return {};
  const std::string_view path = mistake->instance_path;
  const std::size_t end = path.find('/', 1);
  return invalid("/properties" + std::string{path.substr(0, end)} + "/default" +
                 (end == std::string_view::npos ? "" : std::string{path.substr(end)}) + ": " +
                 mistake->reason);
}

}  // namespace

Result<> check_config_schema(std::string_view schema) {
  const auto tree = json::parse(schema);
  if (!tree) return Error{tree.error()}.in("config_schema");
  const auto compiled = json::Schema::compile(tree->root());
  if (!compiled) return Error{compiled.error()}.in("config_schema");
  if (!tree->root().is_object()) return {};
  if (auto good = check_defaults(schema); !good) return Error{good.error()}.in("config_schema");
  return {};
}

Result<std::string> complete_config(const GivenConfig& given, std::string_view schema,
                                    const HostValues& host_values) {
  if (schema.empty()) schema = "{}";  // the entry leaves the configuration open
  const auto schema_tree = json::parse(schema);
  if (!schema_tree) return Error{schema_tree.error()}.in("config_schema");
  const auto compiled = json::Schema::compile(schema_tree->root());
  if (!compiled) return Error{compiled.error()}.in("config_schema");
  const auto given_tree = json::parse(given.json);
  if (!given_tree) return Error{given_tree.error()}.in(given.path);
  if (!given_tree->root().is_object()) return invalid(given.path + ": must be an object");
  std::string text = completed(given.json, schema, host_values);
  const auto tree = json::parse(text);
  if (!tree) return Error{tree.error()}.in(given.path);
  const auto mistakes = compiled->violations(tree->root(), kMaxMistakes);
  if (!mistakes.empty()) return explain(mistakes, given);
  return text;
}

}  // namespace toolpost::plugin
