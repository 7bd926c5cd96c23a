// SPDX-License-Identifier: Apache-2.0
// The texts of the tasks extension, member by member.
#include "mcp/task.hpp"

#include "json/parser.hpp"
#include "json/raw.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using mcp::TaskStatus;

namespace {

constexpr const char* kServer = R"({"name":"n","version":"1"})";
constexpr const char* kMeta = R"("_meta":{"io.modelcontextprotocol/serverInfo":)"
                              R"({"name":"n","version":"1"}})";

mcp::TaskView view(TaskStatus status) {
  return {.id = "blue.x_-1",
          .status = status,
          .created_us = 1'769'860'800'000'250,
          .updated_us = 1'769'860'801'000'000,
          .ttl_ms = 86'400'000,
          .asked = {}};
}

// All of a task that is the same in every text.
std::string members(std::string_view status, std::string_view message = "") {
  std::string text = R"("taskId":"blue.x_-1","status":")" + std::string{status} + "\"";
  if (!message.empty()) text.append(R"(,"statusMessage":")").append(message).append("\"");
  return text + R"(,"createdAt":"2026-01-31T12:00:00.000250Z")" +
         R"(,"lastUpdatedAt":"2026-01-31T12:00:01.000000Z")" +
         R"(,"ttlMs":86400000,"pollIntervalMs":1000)";
}

std::vector<mcp::InputRequest> question() {
  const std::string text =
      R"({"name":{"method":"elicitation/create","params":{"message":"Name?","requestedSchema":)"
      R"({"type":"object","properties":{}}}}})";
  const auto document = json::parse(text);
  REQUIRE(document.has_value());
  auto requests = mcp::read_input_requests(text, document->root());
  REQUIRE(requests.has_value());
  return *requests;
}

}  // namespace

TEST_CASE("task texts: the handle is flat, and has nothing of how the task goes") {
  mcp::TaskView task = view(TaskStatus::kWorking);
  CHECK(mcp::task_created(task, kServer) ==
        R"({"resultType":"task",)" + members("working") + "," + kMeta + "}");
  task.message = "2 of 3";
  CHECK(mcp::task_created(task, kServer) ==
        R"({"resultType":"task",)" + members("working", "2 of 3") + "," + kMeta + "}");
}

TEST_CASE("task texts: what became of it is there with its status, and only then") {
  const auto of = [](TaskStatus status) {
    mcp::TaskView task = view(status);
    task.result = R"({"content":[]})";
    task.error = R"({"code":-32603,"message":"m"})";
    task.asked = question();
    return mcp::task_result(task, kServer);
  };
  const auto whole = [](std::string_view status, const std::string& details) {
    return R"({"resultType":"complete",)" + members(status) + details + "," + kMeta + "}";
  };
  CHECK(of(TaskStatus::kWorking) == whole("working", ""));
  CHECK(of(TaskStatus::kCompleted) == whole("completed", R"(,"result":{"content":[]})"));
  CHECK(of(TaskStatus::kFailed) == whole("failed", R"(,"error":{"code":-32603,"message":"m"})"));
  CHECK(of(TaskStatus::kCancelled) == whole("cancelled", ""));
  CHECK(of(TaskStatus::kInputRequired) ==
        whole("input_required",
              R"(,"inputRequests":{"name":{"method":"elicitation/create","params":)"
              R"({"message":"Name?","requestedSchema":{"type":"object","properties":{}}}}})"));
}

TEST_CASE("task texts: a notification has the whole task, and the subscription that it is for") {
  mcp::TaskView task = view(TaskStatus::kCompleted);
  task.result = "{}";
  const std::string meta = R"({"io.modelcontextprotocol/subscriptionId":7})";
  CHECK(mcp::task_notification(task, meta) ==
        R"({"jsonrpc":"2.0","method":"notifications/tasks","params":{)" + members("completed") +
            R"(,"result":{},"_meta":)" + meta + "}}");
}

TEST_CASE("task texts: an acknowledgement says nothing else") {
  CHECK(mcp::task_acknowledged(kServer) ==
        R"({"resultType":"complete",)" + std::string{kMeta} + "}");
}

TEST_CASE("task texts: every status has a name that is read back, and three are an end") {
  for (const auto& [status, name, is_end] :
       {std::tuple{TaskStatus::kWorking, "working", false},
        std::tuple{TaskStatus::kInputRequired, "input_required", false},
        std::tuple{TaskStatus::kCompleted, "completed", true},
        std::tuple{TaskStatus::kFailed, "failed", true},
        std::tuple{TaskStatus::kCancelled, "cancelled", true}}) {
    CHECK(mcp::to_string(status) == name);
    CHECK(mcp::parse_task_status(name) == status);
    CHECK(mcp::is_terminal(status) == is_end);
  }
  for (const char* other : {"", "Working", "done", "work"}) {
    CHECK_FALSE(mcp::parse_task_status(other).has_value());
  }
}
