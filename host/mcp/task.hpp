// SPDX-License-Identifier: Apache-2.0
// The texts of the tasks extension (io.modelcontextprotocol/tasks, SEP-2663): a call that goes on
// after its request was answered with a handle.
#pragma once

#include "mcp/input_requests.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::mcp {

inline constexpr std::string_view kTasksExtension = "io.modelcontextprotocol/tasks";

inline constexpr std::string_view kTaskChanged = "notifications/tasks";

enum class TaskStatus : std::uint8_t { kWorking, kInputRequired, kCompleted, kFailed, kCancelled };

std::string_view to_string(TaskStatus status) noexcept;
std::optional<TaskStatus> parse_task_status(std::string_view name) noexcept;

constexpr bool is_terminal(TaskStatus status) noexcept {
  return status >= TaskStatus::kCompleted;
}

// What clients see of a task.
struct TaskView {
  std::string id;
  TaskStatus status = TaskStatus::kWorking;
  std::string message{};        // for people; empty: none
  std::int64_t created_us = 0;  // microseconds since 1970
  std::int64_t updated_us = 0;
  std::int64_t ttl_ms = 0;          // from its creation
  std::string result{};             // JSON object, of a completed task
  std::string error{};              // JSON-RPC error object, of a failed one
  std::vector<InputRequest> asked;  // what is not answered yet, of one that waits for input
};

// How often a client may ask.
inline constexpr std::int64_t kPollIntervalMs = 1'000;

// CreateTaskResult.
std::string task_created(const TaskView& task, std::string_view server_info);
// The result of tasks/get.
std::string task_result(const TaskView& task, std::string_view server_info);
// The result of tasks/update and tasks/cancel.
std::string task_acknowledged(std::string_view server_info);
// The params of notifications/tasks for a subscription; `meta` is its _meta object.
std::string task_notification(const TaskView& task, std::string_view meta);

}  // namespace toolpost::mcp
