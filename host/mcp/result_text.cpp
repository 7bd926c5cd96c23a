// SPDX-License-Identifier: Apache-2.0
#include "mcp/result_text.hpp"

#include "json/raw.hpp"

#include <algorithm>

namespace toolpost::mcp {
namespace {

bool has_text(const json::Value& object, std::string_view key) {
  return object.find_string(key) != nullptr;
}

}  // namespace

bool is_reserved_meta_key(std::string_view key) {
  const std::string_view prefix = key.substr(0, std::min(key.find('/'), key.size()));
  if (prefix.size() == key.size()) return false;
  const std::size_t dot = prefix.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view rest = prefix.substr(dot + 1);
  const std::string_view label = rest.substr(0, std::min(rest.find('.'), rest.size()));
  return label == "modelcontextprotocol" || label == "mcp";
}

Error wrong_result(std::string what) {
  return invalid("result: " + std::move(what));
}

const char* missing_in_block(const json::Value& block) {
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

// Clients that know no resource links are informed by the address as text; before 2025-11-25 a link
// had no icons.
void write_block(json::Writer& writer, std::string_view raw, const json::Value& block,
                 Version version) {
  const bool is_link = block.find_string("type")->as_string() == "resource_link";
  if (is_link && !has_structured_content(version)) {
    writer.begin_object().member("type", "text");
    writer.member("text", block.find_string("uri")->as_string()).end_object();
    return;
  }
  std::string line;
  json::append_on_one_line(line, raw);
  if (!is_link || has_icons(version) || block.find("icons") == nullptr) {
    writer.raw(line);
    return;
  }
  writer.begin_object();
  json::RawObject members{line};
  json::RawMember member;
  while (members.next(member)) {
    const std::string key = json::unescape(member.key);
    if (key != "icons") writer.key(key).raw(member.value);
  }
  writer.end_object();
}

void write_result_meta(json::Writer& writer, std::string_view plugin_meta, Version version,
                       std::string_view server_info) {
  if (!is_modern(version) && plugin_meta.empty()) return;
  writer.key("_meta").begin_object();
  json::RawObject members{plugin_meta};
  json::RawMember member;
  while (!plugin_meta.empty() && members.next(member)) {
    const std::string key = json::unescape(member.key);
    if (is_reserved_meta_key(key)) continue;
    std::string line;
    json::append_on_one_line(line, member.value);
    writer.key(key).raw(line);
  }
  if (is_modern(version)) writer.key("io.modelcontextprotocol/serverInfo").raw(server_info);
  writer.end_object();
}

}  // namespace toolpost::mcp
