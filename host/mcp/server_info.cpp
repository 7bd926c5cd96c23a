// SPDX-License-Identifier: Apache-2.0
#include "mcp/server_info.hpp"

#include "base/base64.hpp"
#include "json/writer.hpp"
#include "mcp/task.hpp"

namespace toolpost::mcp {
namespace {

// Lists change only when the operator or a plugin changes them; a minute keeps clients current.
constexpr std::int64_t kListTtlMs = 60'000;
constexpr std::int64_t kDiscoverTtlMs = 300'000;

constexpr std::string_view kCursorTag = "after:";

void write_server_meta(json::Writer& writer, const ServerInfo& info) {
  writer.key("_meta").begin_object();
  writer.key("io.modelcontextprotocol/serverInfo").raw(info.implementation).end_object();
}

void write_capabilities(json::Writer& writer, bool has_tasks) {
  writer.key("capabilities").begin_object();
  for (const std::string_view list : {"tools", "resources", "prompts"}) {
    writer.key(list).begin_object().member("listChanged", true);
    if (list == "resources") writer.member("subscribe", true);
    writer.end_object();
  }
  for (const std::string_view served : {"completions", "logging"}) {
    writer.key(served).begin_object().end_object();
  }
  if (has_tasks) {
    writer.key("extensions").begin_object().key(kTasksExtension).begin_object().end_object();
    writer.end_object();
  }
  writer.end_object();
}

}  // namespace

ServerInfo make_server_info(std::string_view name, std::string_view title, std::string_view version,
                            std::string instructions) {
  ServerInfo info;
  json::Writer writer{info.implementation};
  writer.begin_object().member("name", name).member("title", title);
  writer.member("version", version).end_object();
  json::Writer untitled{info.untitled};
  untitled.begin_object().member("name", name).member("version", version).end_object();
  info.instructions = std::move(instructions);
  return info;
}

std::string discover_result(const ServerInfo& info) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("resultType", "complete");
  writer.key("supportedVersions").begin_array();
  for (const Version version : supported_versions()) writer.string(to_string(version));
  writer.end_array();
  write_capabilities(writer, info.has_tasks);
  if (!info.instructions.empty()) {
    writer.member("instructions", std::string_view{info.instructions});
  }
  writer.member("ttlMs", kDiscoverTtlMs).member("cacheScope", "public");
  write_server_meta(writer, info);
  writer.end_object();
  return text;
}

std::string initialize_result(const ServerInfo& info, Version version) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("protocolVersion", to_string(version));
  write_capabilities(writer, false);  // those of then are others
  writer.key("serverInfo");
  writer.raw(has_structured_content(version) ? info.implementation : info.untitled);
  if (!info.instructions.empty()) {
    writer.member("instructions", std::string_view{info.instructions});
  }
  writer.end_object();
  return text;
}

Version negotiate(std::string_view requested) noexcept {
  const auto known = parse_version(requested);
  return known && !is_modern(*known) ? *known : kLatestLegacy;
}

std::string list_result(std::string_view key, std::string_view items,
                        const std::optional<std::string>& next_cursor, Version version,
                        const ServerInfo& info) {
  std::string text;
  text.reserve(items.size() + info.implementation.size() + 192);
  json::Writer writer{text};
  writer.begin_object();
  if (is_modern(version)) writer.member("resultType", "complete");
  writer.key(key).begin_array();
  if (!items.empty()) writer.raw(items);
  writer.end_array();
  if (next_cursor) writer.member("nextCursor", std::string_view{*next_cursor});
  if (is_modern(version)) {
    // What a list holds depends on who asks, so no shared cache may keep it.
    writer.member("ttlMs", kListTtlMs).member("cacheScope", "private");
    write_server_meta(writer, info);
  }
  writer.end_object();
  return text;
}

std::string make_cursor(std::string_view last_name) {
  std::string cursor;
  append_base64(cursor, std::string{kCursorTag} + std::string{last_name});
  return cursor;
}

std::optional<std::string> read_cursor(std::string_view cursor) {
  auto text = decode_base64(cursor);
  if (!text || !text->starts_with(kCursorTag)) return std::nullopt;
  return text->substr(kCursorTag.size());
}

}  // namespace toolpost::mcp
