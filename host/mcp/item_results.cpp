// SPDX-License-Identifier: Apache-2.0
#include "mcp/item_results.hpp"

#include "json/raw.hpp"
#include "mcp/result_text.hpp"

#include <algorithm>

namespace toolpost::mcp {
namespace {

Result<> check_contents(const json::Value& result) {
  const json::Value* contents = result.find("contents");
  if (contents == nullptr || !contents->is_array() || contents->items().empty()) {
    return wrong_result("contents must be an array of at least one");
  }
  for (std::size_t i = 0; i < contents->items().size(); ++i) {
    const json::Value& one = contents->items()[i];
    const std::string place = "contents/" + std::to_string(i);
    if (one.find_string("uri") == nullptr) return wrong_result(place + " lacks uri");
    const bool has_text = one.find_string("text") != nullptr;
    const bool has_blob = one.find_string("blob") != nullptr;
    if (has_text == has_blob) return wrong_result(place + " must have either text or blob");
    const json::Value* meta = one.find("_meta");
    if (meta != nullptr && !meta->is_object()) {
      return wrong_result(place + "/_meta must be an object");
    }
  }
  return {};
}

Result<> check_hints(const json::Value& result) {
  const json::Value* ttl = result.find("ttlMs");
  if (ttl != nullptr && (ttl->type() != json::Type::kInt64 || ttl->as_int64() < 0)) {
    return wrong_result("ttlMs must be an integer of at least 0");
  }
  const json::Value* scope = result.find("cacheScope");
  if (scope == nullptr) return {};
  if (!scope->is_string() || (scope->as_string() != "public" && scope->as_string() != "private")) {
    return wrong_result("cacheScope must be public or private");
  }
  return {};
}

void write_hints(json::Writer& writer, const json::Value& result, const CacheRules& rules) {
  const json::Value* ttl = result.find("ttlMs");
  const json::Value* scope = result.find("cacheScope");
  const bool is_shared = rules.may_keep && rules.may_share && scope != nullptr;
  writer.member("ttlMs", ttl == nullptr || !rules.may_keep ? std::int64_t{0} : ttl->as_int64());
  writer.member("cacheScope", is_shared ? scope->as_string() : std::string_view{"private"});
}

std::string_view meta_of(std::string_view payload) {
  return json::find_raw(payload, "_meta").value_or("");
}

Result<> check_meta(const json::Value& result) {
  if (!result.is_object()) return wrong_result("must be a JSON object");
  const json::Value* meta = result.find("_meta");
  if (meta != nullptr && !meta->is_object()) return wrong_result("_meta must be an object");
  return {};
}

Result<> check_messages(const json::Value& result) {
  const json::Value* description = result.find("description");
  if (description != nullptr && !description->is_string()) {
    return wrong_result("description must be text");
  }
  const json::Value* messages = result.find("messages");
  if (messages == nullptr || !messages->is_array()) {
    return wrong_result("messages must be an array");
  }
  for (std::size_t i = 0; i < messages->items().size(); ++i) {
    const json::Value& one = messages->items()[i];
    const std::string place = "messages/" + std::to_string(i);
    const json::Value* role = one.find_string("role");
    if (role == nullptr || (role->as_string() != "user" && role->as_string() != "assistant")) {
      return wrong_result(place + "/role must be user or assistant");
    }
    const json::Value* content = one.find("content");
    const char* missing =
        content != nullptr && content->is_object() ? missing_in_block(*content) : "type";
    if (missing != nullptr) return wrong_result(place + "/content lacks " + missing);
  }
  return {};
}

void write_message(json::Writer& writer, std::string_view raw, const json::Value& message,
                   Version version) {
  writer.begin_object();
  writer.member("role", message.find_string("role")->as_string()).key("content");
  write_block(writer, json::find_raw(raw, "content").value_or("{}"), *message.find("content"),
              version);
  writer.end_object();
}

Result<> check_completion(const json::Value& result) {
  const json::Value* completion = result.find("completion");
  const json::Value* values = completion == nullptr ? nullptr : completion->find("values");
  if (values == nullptr || !values->is_array()) {
    return wrong_result("completion/values must be an array");
  }
  const auto is_text = [](const json::Value& value) { return value.is_string(); };
  if (!std::all_of(values->items().begin(), values->items().end(), is_text)) {
    return wrong_result("completion/values must hold text");
  }
  const json::Value* total = completion->find("total");
  if (total != nullptr && (total->type() != json::Type::kInt64 || total->as_int64() < 0)) {
    return wrong_result("completion/total must be an integer of at least 0");
  }
  const json::Value* more = completion->find("hasMore");
  if (more != nullptr && !more->is_bool()) {
    return wrong_result("completion/hasMore must be a boolean");
  }
  return {};
}

void begin_result(json::Writer& writer, Version version) {
  writer.begin_object();
  if (is_modern(version)) writer.member("resultType", "complete");
}

}  // namespace

Result<std::string> render_read_result(std::string_view payload, const json::Value& result,
                                       const CacheRules& rules, Version version,
                                       std::string_view server_info) {
  if (auto checked = check_meta(result); !checked) return checked.error();
  if (auto checked = check_contents(result); !checked) return checked.error();
  if (auto checked = check_hints(result); !checked) return checked.error();
  std::string text;
  text.reserve(payload.size() + server_info.size() + 128);
  json::Writer writer{text};
  begin_result(writer, version);
  writer.key("contents");
  write_contents(writer, *json::find_raw(payload, "contents"), *result.find("contents"));
  if (is_modern(version)) write_hints(writer, result, rules);
  write_result_meta(writer, meta_of(payload), version, server_info);
  writer.end_object();
  return text;
}

Result<std::string> render_prompt_result(std::string_view payload, const json::Value& result,
                                         Version version, std::string_view server_info) {
  if (auto checked = check_meta(result); !checked) return checked.error();
  if (auto checked = check_messages(result); !checked) return checked.error();
  std::string text;
  text.reserve(payload.size() + server_info.size() + 128);
  json::Writer writer{text};
  begin_result(writer, version);
  if (const json::Value* description = result.find_string("description")) {
    writer.member("description", description->as_string());
  }
  writer.key("messages").begin_array();
  json::RawArray messages{*json::find_raw(payload, "messages")};
  std::string_view raw;
  for (std::size_t i = 0; messages.next(raw); ++i) {
    write_message(writer, raw, result.find("messages")->items()[i], version);
  }
  writer.end_array();
  write_result_meta(writer, meta_of(payload), version, server_info);
  writer.end_object();
  return text;
}

Result<std::string> render_completion_result(std::string_view payload, const json::Value& result,
                                             Version version, std::string_view server_info) {
  if (auto checked = check_meta(result); !checked) return checked.error();
  if (auto checked = check_completion(result); !checked) return checked.error();
  const json::Value& completion = *result.find("completion");
  const auto values = completion.find("values")->items();
  std::string text;
  json::Writer writer{text};
  begin_result(writer, version);
  writer.key("completion").begin_object().key("values").begin_array();
  for (const json::Value& value : values.first(std::min(values.size(), kMaxCompletionValues))) {
    writer.string(value.as_string());
  }
  writer.end_array();
  const json::Value* total = completion.find("total");
  const json::Value* more = completion.find("hasMore");
  const bool cut = values.size() > kMaxCompletionValues;
  if (total != nullptr || cut) {
    writer.member("total",
                  total == nullptr ? static_cast<std::int64_t>(values.size()) : total->as_int64());
  }
  if (more != nullptr || cut) writer.member("hasMore", cut || more->as_bool());
  writer.end_object();
  write_result_meta(writer, meta_of(payload), version, server_info);
  writer.end_object();
  return text;
}

std::string no_completion(Version version, std::string_view server_info) {
  std::string text;
  json::Writer writer{text};
  begin_result(writer, version);
  writer.key("completion").begin_object().key("values").begin_array().end_array();
  writer.member("total", std::int64_t{0}).member("hasMore", false).end_object();
  write_result_meta(writer, "", version, server_info);
  writer.end_object();
  return text;
}

}  // namespace toolpost::mcp
