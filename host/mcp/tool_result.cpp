// SPDX-License-Identifier: Apache-2.0
#include "mcp/tool_result.hpp"

#include "base/json_escape.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"

#include <algorithm>

namespace toolpost::mcp {
namespace {

Error wrong(std::string what) {
  return invalid("result: " + std::move(what));
}

bool has_text(const json::Value& object, std::string_view key) {
  return object.find_string(key) != nullptr;
}

// Null when the block is as its type demands; otherwise what it lacks.
const char* missing_in(const json::Value& block) {
  const json::Value* type = block.find_string("type");
  if (type == nullptr) return "type";
  const std::string_view name = type->as_string();
  if (name == "text" && !has_text(block, "text")) return "text";
  if (name == "image" || name == "audio") {
    if (!has_text(block, "data")) return "data";
    if (!has_text(block, "mimeType")) return "mimeType";
  }
  if (name == "resource_link" && (!has_text(block, "uri") || !has_text(block, "name"))) {
    return "uri and name";
  }
  if (name == "resource") {
    const json::Value* resource = block.find("resource");
    if (resource == nullptr || !has_text(*resource, "uri")) return "resource.uri";
    if (!has_text(*resource, "text") && !has_text(*resource, "blob"))
      return "resource.text or blob";
  }
  return nullptr;
}

Result<> check_shape(const json::Value& result) {
  if (!result.is_object()) return wrong("must be a JSON object");
  const json::Value* is_error = result.find("isError");
  if (is_error != nullptr && !is_error->is_bool()) return wrong("isError must be a boolean");
  const json::Value* meta = result.find("_meta");
  if (meta != nullptr && !meta->is_object()) return wrong("_meta must be an object");
  const json::Value* content = result.find("content");
  if (content == nullptr) return {};
  if (!content->is_array()) return wrong("content must be an array");
  for (std::size_t i = 0; i < content->items().size(); ++i) {
    const json::Value& block = content->items()[i];
    const char* missing = block.is_object() ? missing_in(block) : "type";
    if (missing != nullptr) return wrong("content/" + std::to_string(i) + " lacks " + missing);
  }
  return {};
}

// Older clients know no resource links; the address as text keeps them informed.
void write_block(json::Writer& writer, std::string_view raw, const json::Value& block,
                 Version version) {
  if (block.find_string("type")->as_string() == "resource_link" &&
      !has_structured_content(version)) {
    writer.begin_object().member("type", "text");
    writer.member("text", block.find_string("uri")->as_string()).end_object();
    return;
  }
  std::string line;
  json::append_on_one_line(line, raw);
  writer.raw(line);
}

void write_content(json::Writer& writer, std::string_view payload, const json::Value& result,
                   Version version) {
  writer.key("content").begin_array();
  if (const json::Value* content = result.find("content")) {
    json::RawArray blocks{json::find_raw(payload, "content").value_or("[]")};
    std::string_view raw;
    for (std::size_t i = 0; blocks.next(raw); ++i) {
      write_block(writer, raw, content->items()[i], version);
    }
  } else if (const auto structured = json::find_raw(payload, "structuredContent")) {
    // Clients that know no structured content still get all of it.
    std::string line;
    json::append_on_one_line(line, *structured);
    writer.begin_object().member("type", "text").member("text", std::string_view{line});
    writer.end_object();
  }
  writer.end_array();
}

void write_structured(json::Writer& writer, std::string_view raw, bool wrap) {
  std::string line;
  json::append_on_one_line(line, raw);
  writer.key("structuredContent");
  if (wrap) {
    writer.begin_object().key("result").raw(line).end_object();
  } else {
    writer.raw(line);
  }
}

// A prefix whose second label is "modelcontextprotocol" or "mcp" is the protocol's own.
bool is_reserved(std::string_view key) {
  const std::string_view prefix = key.substr(0, std::min(key.find('/'), key.size()));
  if (prefix.size() == key.size()) return false;
  const std::size_t dot = prefix.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view rest = prefix.substr(dot + 1);
  const std::string_view label = rest.substr(0, std::min(rest.find('.'), rest.size()));
  return label == "modelcontextprotocol" || label == "mcp";
}

void write_meta(json::Writer& writer, std::string_view plugin_meta, Version version,
                std::string_view server_info) {
  if (!is_modern(version) && plugin_meta.empty()) return;
  writer.key("_meta").begin_object();
  json::RawObject members{plugin_meta};
  json::RawMember member;
  while (!plugin_meta.empty() && members.next(member)) {
    const std::string key = json::unescape(member.key);
    if (is_reserved(key)) continue;
    std::string line;
    json::append_on_one_line(line, member.value);
    writer.key(key).raw(line);
  }
  if (is_modern(version)) writer.key("io.modelcontextprotocol/serverInfo").raw(server_info);
  writer.end_object();
}

}  // namespace

Result<std::string> render_tool_result(std::string_view payload, const json::Value& result,
                                       bool object_output, Version version,
                                       std::string_view server_info) {
  if (auto shape = check_shape(result); !shape) return shape.error();
  std::string text;
  text.reserve(payload.size() + server_info.size() + 128);
  json::Writer writer{text};
  writer.begin_object();
  if (is_modern(version)) writer.member("resultType", "complete");
  write_content(writer, payload, result, version);
  if (const json::Value* structured = result.find("structuredContent");
      structured != nullptr && has_structured_content(version)) {
    const bool wrap = !has_any_output_root(version) && (!object_output || !structured->is_object());
    write_structured(writer, *json::find_raw(payload, "structuredContent"), wrap);
  }
  if (const json::Value* is_error = result.find("isError")) {
    writer.member("isError", is_error->as_bool());
  }
  write_meta(writer, json::find_raw(payload, "_meta").value_or(""), version, server_info);
  writer.end_object();
  return text;
}

std::string render_tool_error(std::string_view message, Version version,
                              std::string_view server_info) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  if (is_modern(version)) writer.member("resultType", "complete");
  writer.key("content").begin_array().begin_object();
  writer.member("type", "text").member("text", message).end_object().end_array();
  writer.member("isError", true);
  write_meta(writer, "", version, server_info);
  writer.end_object();
  return text;
}

}  // namespace toolpost::mcp
