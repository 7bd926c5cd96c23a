// SPDX-License-Identifier: Apache-2.0
#include "mcp/task.hpp"

#include "base/utc_time.hpp"
#include "json/writer.hpp"
#include "mcp/message.hpp"
#include "mcp/result_text.hpp"

#include <array>

namespace toolpost::mcp {
namespace {

constexpr std::array<std::string_view, 5> kStatusNames = {"working", "input_required", "completed",
                                                          "failed", "cancelled"};

void write_task(json::Writer& writer, const TaskView& task) {
  writer.member("taskId", std::string_view{task.id}).member("status", to_string(task.status));
  if (!task.message.empty()) writer.member("statusMessage", std::string_view{task.message});
  writer.member("createdAt", std::string_view{to_utc_time_us(task.created_us)});
  writer.member("lastUpdatedAt", std::string_view{to_utc_time_us(task.updated_us)});
  writer.member("ttlMs", task.ttl_ms).member("pollIntervalMs", kPollIntervalMs);
}

void write_details(json::Writer& writer, const TaskView& task) {
  if (task.status == TaskStatus::kCompleted) writer.key("result").raw(task.result);
  if (task.status == TaskStatus::kFailed) writer.key("error").raw(task.error);
  if (task.status == TaskStatus::kInputRequired) write_input_requests(writer, task.asked);
}

}  // namespace

std::string_view to_string(TaskStatus status) noexcept {
  return kStatusNames[static_cast<std::size_t>(status)];
}

std::optional<TaskStatus> parse_task_status(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) return static_cast<TaskStatus>(i);
  }
  return std::nullopt;
}

std::string task_created(const TaskView& task, std::string_view server_info) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("resultType", "task");
  write_task(writer, task);
  write_result_meta(writer, "", Version::k2026_07_28, server_info);
  writer.end_object();
  return text;
}

std::string task_result(const TaskView& task, std::string_view server_info) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("resultType", "complete");
  write_task(writer, task);
  write_details(writer, task);
  write_result_meta(writer, "", Version::k2026_07_28, server_info);
  writer.end_object();
  return text;
}

std::string task_acknowledged(std::string_view server_info) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("resultType", "complete");
  write_result_meta(writer, "", Version::k2026_07_28, server_info);
  writer.end_object();
  return text;
}

std::string task_notification(const TaskView& task, std::string_view meta) {
  std::string params;
  json::Writer writer{params};
  writer.begin_object();
  write_task(writer, task);
  write_details(writer, task);
  writer.key("_meta").raw(meta).end_object();
  return notification(kTaskChanged, params);
}

}  // namespace toolpost::mcp
