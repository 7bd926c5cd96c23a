// SPDX-License-Identifier: Apache-2.0
#include "mcp/result_text.hpp"

#include "json/raw.hpp"

#include <algorithm>

namespace toolpost::mcp {
namespace {

bool has_text(const json::Value& object, std::string_view key) {
  return object.find_string(key) != nullptr;
}

bool has_bad_meta(const json::Value& object) {
  const json::Value* meta = object.find("_meta");
  return meta != nullptr && !meta->is_object();
}

// The members of a _meta that are the plugin's to write. `meta` is one line, or empty.
void write_own_meta(json::Writer& writer, std::string_view meta) {
  if (meta.empty()) return;
  json::RawObject members{meta};
  json::RawMember member;
  while (members.next(member)) {
    const std::string key = json::unescape(member.key);
    if (!is_reserved_meta_key(key)) writer.key(key).raw(member.value);
  }
}

// A content block or the contents of a resource, on one line; in a block stands a resource.
void write_object(json::Writer& writer, std::string_view object, bool leaves_icons) {
  writer.begin_object();
  json::RawObject members{object};
  json::RawMember member;
  while (members.next(member)) {
    const std::string key = json::unescape(member.key);
    if (leaves_icons && key == "icons") continue;
    writer.key(key);
    if (key == "_meta") {
      writer.begin_object();
      write_own_meta(writer, member.value);
      writer.end_object();
    } else if (key == "resource" && member.value.starts_with('{')) {
      write_object(writer, member.value, false);
    } else {
      writer.raw(member.value);
    }
  }
  writer.end_object();
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
  if (has_bad_meta(block)) return "an object in _meta";
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
    if (has_bad_meta(*resource)) return "an object in resource._meta";
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
  const bool leaves_icons = is_link && !has_icons(version) && block.find("icons") != nullptr;
  const json::Value* resource = block.find("resource");
  const bool has_meta =
      block.find("_meta") != nullptr || (resource != nullptr && resource->find("_meta") != nullptr);
  if (leaves_icons || has_meta) {
    write_object(writer, line, leaves_icons);
  } else {
    writer.raw(line);
  }
}

void write_contents(json::Writer& writer, std::string_view raw, const json::Value& contents) {
  std::string line;
  json::append_on_one_line(line, raw);
  const auto has_meta = [](const json::Value& one) { return one.find("_meta") != nullptr; };
  if (std::none_of(contents.items().begin(), contents.items().end(), has_meta)) {
    writer.raw(line);
    return;
  }
  writer.begin_array();
  json::RawArray all{line};
  std::string_view one;
  while (all.next(one)) write_object(writer, one, false);
  writer.end_array();
}

void write_result_meta(json::Writer& writer, std::string_view plugin_meta, Version version,
                       std::string_view server_info) {
  if (!is_modern(version) && plugin_meta.empty()) return;
  writer.key("_meta").begin_object();
  std::string line;
  json::append_on_one_line(line, plugin_meta);
  write_own_meta(writer, line);
  if (is_modern(version)) writer.key("io.modelcontextprotocol/serverInfo").raw(server_info);
  writer.end_object();
}

}  // namespace toolpost::mcp
