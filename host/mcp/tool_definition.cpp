// SPDX-License-Identifier: Apache-2.0
#include "mcp/tool_definition.hpp"

#include "json/raw.hpp"
#include "json/writer.hpp"
#include "mcp/definition_text.hpp"
#include "mcp/log_marks.hpp"

namespace toolpost::mcp {
namespace {

Result<> check_shape(const json::Value& tool, std::string_view key) {
  const json::Value* name = tool.find_string("name");
  if (name == nullptr || name->as_string() != key) {
    return wrong_definition("name must be the item's key");
  }
  const json::Value* input = tool.find("inputSchema");
  if (input == nullptr || !input->is_object()) {
    return wrong_definition("inputSchema must be an object");
  }
  const json::Value* type = input->find_string("type");
  if (type == nullptr || type->as_string() != "object") {
    return wrong_definition("inputSchema must have \"type\": \"object\" at its root");
  }
  const json::Value* output = tool.find("outputSchema");
  if (output != nullptr && !output->is_object()) {
    return wrong_definition("outputSchema must be an object");
  }
  return {};
}

void write_annotations(json::Writer& writer, const Traits& traits, const json::Value* given) {
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
                   const Traits& traits, Version version) {
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
    // Written by the host.
    if (key == "name" || key == "annotations" || !is_carried(key, version)) continue;
    if (key == "outputSchema") {
      write_output_schema(writer, member.value, !object_root && !has_any_output_root(version));
      continue;
    }
    write_member(writer, key, member.value);
  }
  write_annotations(writer, traits, tool.find("annotations"));
  writer.end_object();
  return text;
}

}  // namespace

Result<Definition> read_tool_definition(const json::Value& tool, std::string_view definition,
                                        std::string_view key, std::string_view prefix,
                                        const Traits& traits) {
  if (auto shape = check_shape(tool, key); !shape) return shape.error();
  const std::string name = public_name(ItemKind::kTool, key, prefix);
  if (!is_item_name(name)) {
    return wrong_definition("the name \"" + name +
                            "\" must be 1 to 128 characters of A-Z a-z 0-9 _ . -");
  }
  auto bindings = read_header_bindings(*tool.find("inputSchema"));
  if (!bindings) return Error{bindings.error()}.in("definition");
  auto marks = read_log_marks(*tool.find("inputSchema"));
  if (!marks) return Error{marks.error()}.in("definition");
  Definition result;
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

}  // namespace toolpost::mcp
