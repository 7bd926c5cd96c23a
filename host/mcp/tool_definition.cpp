// SPDX-License-Identifier: Apache-2.0
#include "mcp/tool_definition.hpp"

#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"
#include "mcp/log_marks.hpp"

#include <algorithm>

namespace toolpost::mcp {
namespace {

constexpr std::size_t kMaxToolName = 128;

Error wrong(std::string_view what) {
  return invalid("definition: " + std::string{what});
}

Result<> check_shape(const json::Value& tool, std::string_view key) {
  if (!tool.is_object()) return wrong("must be a JSON object");
  const json::Value* name = tool.find_string("name");
  if (name == nullptr || name->as_string() != key) return wrong("name must be the item's key");
  for (const std::string_view text : {"title", "description"}) {
    const json::Value* value = tool.find(text);
    if (value != nullptr && !value->is_string()) return wrong(std::string{text} + " must be text");
  }
  const json::Value* input = tool.find("inputSchema");
  if (input == nullptr || !input->is_object()) return wrong("inputSchema must be an object");
  const json::Value* type = input->find_string("type");
  if (type == nullptr || type->as_string() != "object") {
    return wrong("inputSchema must have \"type\": \"object\" at its root");
  }
  const json::Value* output = tool.find("outputSchema");
  if (output != nullptr && !output->is_object()) return wrong("outputSchema must be an object");
  const json::Value* icons = tool.find("icons");
  if (icons != nullptr && !icons->is_array()) return wrong("icons must be an array");
  const json::Value* annotations = tool.find("annotations");
  if (annotations != nullptr && !annotations->is_object()) {
    return wrong("annotations must be an object");
  }
  return {};
}

void write_annotations(json::Writer& writer, const ToolTraits& traits, const json::Value* given) {
  writer.key("annotations").begin_object();
  if (const json::Value* title = given == nullptr ? nullptr : given->find_string("title")) {
    writer.member("title", title->as_string());
  }
  writer.member("readOnlyHint", traits.read_only);
  writer.member("destructiveHint", traits.destructive);
  writer.member("idempotentHint", traits.idempotent);
  writer.member("openWorldHint", traits.open_world);
  writer.end_object();
}

bool is_carried(std::string_view member, Version version) {
  if (member == "name" || member == "annotations") return false;  // written by the host
  if (member == "icons") return has_icons(version);
  if (member == "execution") return false;  // tasks are the host's, see TOOLPOST_ITEM_TASK_*
  if (member == "title" || member == "outputSchema") return has_structured_content(version);
  return true;
}

// Clients before 2026-07-28 want an object at the root, so another root moves one level down; the
// value in the result moves along (tool_result.cpp).
void write_output_schema(json::Writer& writer, std::string_view schema, bool wrap) {
  std::string line;
  json::append_on_one_line(line, schema);
  writer.key("outputSchema");
  if (!wrap) {
    writer.raw(line);
    return;
  }
  writer.begin_object().member("type", "object").key("properties").begin_object();
  writer.key("result").raw(line).end_object();
  writer.key("required").begin_array().string("result").end_array().end_object();
}

std::string render(std::string_view definition, const json::Value& tool, std::string_view name,
                   const ToolTraits& traits, Version version) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("name", name);
  const json::Value* output = tool.find("outputSchema");
  const json::Value* root = output == nullptr ? nullptr : output->find_string("type");
  const bool object_root = root != nullptr && root->as_string() == "object";
  json::RawObject members{definition};
  json::RawMember member;
  while (members.next(member)) {
    const std::string key = json::unescape(member.key);
    if (!is_carried(key, version)) continue;
    if (key == "outputSchema") {
      write_output_schema(writer, member.value, !object_root && !has_any_output_root(version));
      continue;
    }
    std::string line;
    json::append_on_one_line(line, member.value);
    writer.key(key).raw(line);
  }
  write_annotations(writer, traits, tool.find("annotations"));
  writer.end_object();
  return text;
}

}  // namespace

Result<ToolDefinition> read_tool_definition(std::string_view definition, std::string_view key,
                                            std::string_view prefix, const ToolTraits& traits) {
  const auto document = json::parse(definition);
  if (!document) return Error{document.error()}.in("definition");
  const json::Value& tool = document->root();
  if (auto shape = check_shape(tool, key); !shape) return shape.error();
  const std::string name = std::string{prefix} + std::string{key};
  if (!is_tool_name(name)) {
    return wrong("the name \"" + name + "\" must be 1 to 128 characters of A-Z a-z 0-9 _ . -");
  }
  auto bindings = read_header_bindings(*tool.find("inputSchema"));
  if (!bindings) return Error{bindings.error()}.in("definition");
  auto marks = read_log_marks(*tool.find("inputSchema"));
  if (!marks) return Error{marks.error()}.in("definition");
  ToolDefinition result;
  result.header_bindings = std::move(*bindings);
  result.log_marks = std::move(*marks);
  for (const Version version : supported_versions()) {
    result.by_version[static_cast<std::size_t>(version)] =
        render(definition, tool, name, traits, version);
  }
  result.input_schema = json::find_raw(definition, "inputSchema").value_or("{}");
  result.output_schema = json::find_raw(definition, "outputSchema").value_or("");
  if (const json::Value* output = tool.find("outputSchema")) {
    const json::Value* type = output->find_string("type");
    result.object_output = type != nullptr && type->as_string() == "object";
  }
  return result;
}

bool is_tool_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  return !name.empty() && name.size() <= kMaxToolName &&
         std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace toolpost::mcp
