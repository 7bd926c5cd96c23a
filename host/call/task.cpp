// SPDX-License-Identifier: Apache-2.0
#include "call/task.hpp"

#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"

namespace toolpost::call {
namespace {

// As much as a result may have, and what stands around it.
constexpr json::Limits kLimits{.depth = 128 + 1, .members = 100'000, .elements = 1'000'000 + 100};

// Later than any clock says, and small enough to calculate with.
constexpr std::int64_t kMaxNumber = 253'402'300'799'000'000;

Error damaged(std::string_view member) {
  return invalid("has no valid " + std::string{member});
}

}  // namespace

// What it asks for is not kept: with the process the call that asks has ended.
std::string to_json(const Task& task) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("id", std::string_view{task.view.id});
  writer.member("owner", std::string_view{task.owner});
  writer.member("tool", std::string_view{task.tool});
  writer.member("status", mcp::to_string(task.view.status));
  writer.member("message", std::string_view{task.view.message});
  writer.member("created_us", task.view.created_us).member("updated_us", task.view.updated_us);
  writer.member("ttl_ms", task.view.ttl_ms);
  if (!task.view.result.empty()) writer.key("result").raw(task.view.result);
  if (!task.view.error.empty()) writer.key("error").raw(task.view.error);
  writer.end_object();
  return text;
}

Result<Task> read_task(std::string_view text) {
  const auto document = json::parse(text, kLimits);
  if (!document) return document.error();
  const json::Value& root = document->root();
  Task task;
  const auto take_text = [&](std::string_view name, std::string& into) {
    const json::Value* value = root.find_string(name);
    if (value != nullptr) into = value->as_string();
    return value != nullptr;
  };
  const auto take_number = [&](std::string_view name, std::int64_t& into) {
    const json::Value* value = root.find(name);
    const bool good = value != nullptr && value->type() == json::Type::kInt64;
    if (good) into = value->as_int64();
    return good && into >= 0 && into <= kMaxNumber;
  };
  const auto take_object = [&](std::string_view name, std::string& into) {
    const json::Value* value = root.find(name);
    if (value == nullptr || !value->is_object()) return false;
    into = json::find_raw(text, name).value_or("");
    return true;
  };
  std::string status;
  if (!take_text("id", task.view.id)) return damaged("id");
  if (!take_text("owner", task.owner)) return damaged("owner");
  if (!take_text("tool", task.tool)) return damaged("tool");
  if (!take_text("message", task.view.message)) return damaged("message");
  if (!take_number("created_us", task.view.created_us)) return damaged("created_us");
  if (!take_number("updated_us", task.view.updated_us)) return damaged("updated_us");
  if (!take_number("ttl_ms", task.view.ttl_ms) || task.view.ttl_ms > kMaxNumber / 1'000) {
    return damaged("ttl_ms");
  }
  const auto known = take_text("status", status) ? mcp::parse_task_status(status) : std::nullopt;
  if (!known) return damaged("status");
  task.view.status = *known;
  if (*known == mcp::TaskStatus::kCompleted && !take_object("result", task.view.result)) {
    return damaged("result");
  }
  if (*known == mcp::TaskStatus::kFailed && !take_object("error", task.view.error)) {
    return damaged("error");
  }
  return task;
}

}  // namespace toolpost::call
