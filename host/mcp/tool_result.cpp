// SPDX-License-Identifier: Apache-2.0
#include "mcp/tool_result.hpp"

#include "json/raw.hpp"
#include "json/writer.hpp"
#include "mcp/result_text.hpp"

namespace toolpost::mcp {
namespace {

Result<> check_shape(const json::Value& result) {
  if (!result.is_object()) return wrong_result("must be a JSON object");
  const json::Value* is_error = result.find("isError");
  if (is_error != nullptr && !is_error->is_bool()) return wrong_result("isError must be a boolean");
  const json::Value* meta = result.find("_meta");
  if (meta != nullptr && !meta->is_object()) return wrong_result("_meta must be an object");
  const json::Value* content = result.find("content");
  if (content == nullptr) return {};
  if (!content->is_array()) return wrong_result("content must be an array");
  for (std::size_t i = 0; i < content->items().size(); ++i) {
    const json::Value& block = content->items()[i];
    const char* missing = block.is_object() ? missing_in_block(block) : "type";
    if (missing != nullptr)
      return wrong_result("content/" + std::to_string(i) + " lacks " + missing);
  }
  return {};
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
  write_result_meta(writer, json::find_raw(payload, "_meta").value_or(""), version, server_info);
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
  write_result_meta(writer, "", version, server_info);
  writer.end_object();
  return text;
}

}  // namespace toolpost::mcp
