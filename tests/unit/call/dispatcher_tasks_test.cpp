// SPDX-License-Identifier: Apache-2.0
// Calls that become tasks: when, what they promise, and what their clients and plugins may do to
// them meanwhile.
#include "base/utc_time.hpp"
#include "unit/call/task_stage.hpp"

using namespace toolpost;
using namespace toolpost::testing;
using namespace std::chrono_literals;

namespace {

const Caller kPlain{.takes_tasks = false};

void make_progress(TaskStage& stage, double done, double total, const std::string& text = "") {
  bool first = false;
  const auto& one = stage.stage.last();
  CHECK(one->progress.put({done, total, text}, &first));
  if (first) stage.stage.dispatcher.progressed(one);
  stage.stage.poll();
}

std::string message(TaskStage& stage, const std::string& id) {
  return member_of(stage.get(id), {"result", "statusMessage"});
}

}  // namespace

TEST_CASE("tasks: one that is allowed is a task at once, and its plugin has heard of it") {
  TaskStage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.call(client, "may");
  REQUIRE(one);
  CHECK(client->answers.empty());
  const std::string id = stage.handle(client);
  CHECK(id.starts_with("blue."));
  CHECK(id.size() == 5 + 22);
  CHECK(stage.stage.backend.running == std::vector{one});
  CHECK(stage.status(id) == "working");
  CHECK(stage.kept() == std::vector{id});
  stage.serve(text_result());
  CHECK(client->answers.size() == 1);
  CHECK(stage.status(id) == "completed");
  CHECK(stage.get(id).find(R"("content":[{"type":"text","text":"done"}])") != std::string::npos);
}

TEST_CASE("tasks: nothing is promised and nothing begun before the task is on the disk") {
  TaskStage stage;
  stage.hold_writing();
  const auto client = std::make_shared<Client>();
  stage.call(client, "may");
  stage.stage.poll();
  CHECK(client->answers.empty());
  CHECK(stage.stage.backend.running.empty());
  stage.let_write();
  const std::string id = stage.handle(client);
  CHECK(stage.stage.backend.running.size() == 1);
  CHECK(stage.kept() == std::vector{id});
}

TEST_CASE("tasks: what cannot be kept is not begun") {
  TaskStage stage;
  stage.break_disk();
  const auto client = std::make_shared<Client>();
  stage.call(client, "may");
  stage.wait_for(client);
  CHECK(client->heard(R"("code":50300)"));
  CHECK(client->heard("The task could not be kept, so it was not begun"));
  CHECK(client->heard(R"("reason":"tasks")"));
  CHECK(client->status == 503);
  CHECK(stage.stage.backend.running.empty());
}

TEST_CASE("tasks: one that runs already and cannot be kept ends as a call") {
  for (const bool before : {false, true}) {
    TaskStage stage;
    const auto client = std::make_shared<Client>();
    const auto one = stage.call(client, "must");
    REQUIRE(one);
    stage.break_disk();
    if (before) stage.serve(text_result());
    TaskStage::age(*one, 2s);
    stage.run_until([&] { return one->task_refused; });
    if (!before) stage.serve(text_result());
    CHECK(member_of(client->text(), {"result", "resultType"}) == "complete");
    CHECK(client->heard("done"));
  }
}

TEST_CASE("tasks: a client that takes none waits, or is told what it lacks") {
  TaskStage stage;
  const auto waits = std::make_shared<Client>();
  const auto one = stage.call(waits, "may", kPlain);
  REQUIRE(one);
  CHECK(stage.stage.backend.running == std::vector{one});
  stage.serve(text_result());
  CHECK(member_of(waits->text(), {"result", "resultType"}) == "complete");
  const auto lacks = std::make_shared<Client>();
  CHECK_FALSE(stage.call(lacks, "must", kPlain));
  CHECK(lacks->heard(R"("code":-32021)"));
  CHECK(lacks->heard(R"("data":{"requiredCapabilities":{"extensions":)"
                     R"({"io.modelcontextprotocol/tasks":{}}}})"));
  CHECK(lacks->status == 400);
  CHECK(stage.kept().empty());
  for (const char* method : {"get", "update", "cancel"}) {
    const std::string answer = stage.ask(method, "blue.x", R"(,"inputResponses":{})", kPlain);
    CHECK(answer.find(R"("code":-32021)") != std::string::npos);
  }
}

TEST_CASE("tasks: in the legacy era there are none") {
  TaskStage stage;
  const Caller legacy{.version = mcp::Version::k2025_11_25};
  for (const char* method : {"get", "update", "cancel", "list", "result"}) {
    CHECK(stage.ask(method, "x", "", legacy).find(R"("code":-32601)") != std::string::npos);
  }
}

TEST_CASE("tasks: a tool that requires one is a call until a moment has passed") {
  TaskStage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.call(client, "must");
  REQUIRE(one);
  CHECK(stage.stage.backend.running == std::vector{one});
  TaskStage::age(*one, -1h);
  stage.stage.poll();
  CHECK(stage.kept().empty());
  TaskStage::age(*one, 1h + 1s);
  const std::string id = stage.handle(client);
  CHECK(stage.stage.backend.running.size() == 1);
  CHECK(stage.status(id) == "working");
  stage.serve(text_result());
  CHECK(stage.status(id) == "completed");
}

TEST_CASE("tasks: a tool that requires one and ends before that is one at its end") {
  TaskStage stage;
  const auto client = std::make_shared<Client>();
  stage.call(client, "must");
  stage.hold_writing();
  stage.serve({.status = TOOLPOST_E_INTERNAL, .message = "broke"});
  CHECK(client->answers.empty());
  stage.let_write();
  const std::string id = stage.handle(client);
  CHECK(member_of(client->text(), {"result", "status"}) == "working");
  CHECK(stage.status(id) == "failed");
  CHECK(member_of(stage.get(id), {"result", "error", "message"}) == "broke");
}

TEST_CASE("tasks: a tool that requires one may ask first, as any call does") {
  TaskStage stage;
  const auto client = std::make_shared<Client>();
  stage.call(client, "must");
  stage.serve(asks(kAskName));
  CHECK(member_of(client->text(), {"result", "resultType"}) == "input_required");
  const std::string state = member_of(client->text(), {"result", "requestState"});
  CHECK(stage.kept().empty());
  const auto again = std::make_shared<Client>();
  const auto one = stage.request(
      again, "tools/call",
      R"("name":"must","requestState":")" + state +
          R"(","inputResponses":{"name":{"action":"accept","content":{"name":"Ann"}}})");
  REQUIRE(one);
  CHECK(one->round == 1);
  stage.serve(text_result());
  CHECK(stage.status(stage.handle(again)) == "completed");
}

TEST_CASE("tasks: what a plugin does while its task is being kept comes after the handle") {
  for (const bool asking : {false, true}) {
    TaskStage stage;
    const auto client = std::make_shared<Client>();
    const auto one = stage.call(client, "must");
    stage.hold_writing();
    TaskStage::age(*one, 2s);
    stage.run_until([&] { return one->task_pending; });
    stage.serve(asking ? asks(kAskName) : text_result());
    CHECK(client->answers.empty());
    stage.let_write();
    const std::string id = stage.handle(client);
    CHECK(stage.status(id) == (asking ? "input_required" : "completed"));
  }
}

TEST_CASE("tasks: a plugin that gives an error result has completed") {
  TaskStage stage;
  const std::string id = stage.begin();
  stage.serve({.status = TOOLPOST_OK,
               .kind = TOOLPOST_OUTCOME_COMPLETE,
               .payload = R"({"content":[],"isError":true})"});
  CHECK(stage.status(id) == "completed");
  CHECK(stage.get(id).find(R"("isError":true)") != std::string::npos);
}

TEST_CASE(
    "tasks: the request's end is nothing to a task, and what it had not become is cancelled") {
  TaskStage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.call(client, "may");
  const std::string id = stage.handle(client);
  stage.stage.dispatcher.cancel(one);
  CHECK(stage.stage.backend.cancelled.empty());
  CHECK(stage.status(id) == "working");

  stage.hold_writing();
  const auto gone = std::make_shared<Client>();
  const auto other = stage.call(gone, "may");
  stage.stage.dispatcher.cancel(other);
  stage.let_write();
  CHECK(stage.kept() == std::vector{id});
  CHECK(gone->answers.empty());
  CHECK(stage.stage.backend.running == std::vector{one});

  const auto third = stage.call(gone, "must");
  stage.hold_writing();
  TaskStage::age(*third, 2s);
  stage.run_until([&] { return third->task_pending; });
  SUBCASE("while it runs") {}
  SUBCASE("when its end is held") {
    stage.serve(text_result());
  }
  stage.stage.dispatcher.cancel(third);
  stage.let_write();
  CHECK(stage.kept() == std::vector{id});
  CHECK(gone->answers.empty());
}

TEST_CASE("tasks: a task has a day and not its tool's time, however many rounds it has") {
  TaskStage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.call(client, "may");
  CHECK(one->deadline == one->arrived + 1min);
  const std::string id = stage.handle(client);
  CHECK(one->deadline == one->arrived + call::kTaskLife);
  CHECK(member_of(stage.get(id), {"result", "ttlMs"}) == "no text");
  CHECK(stage.get(id).find(R"("ttlMs":86400000)") != std::string::npos);
  stage.serve(asks(kAskName));
  stage.update(id, R"({"name":{"action":"decline"}})");
  REQUIRE(stage.stage.last() != one);
  CHECK(stage.stage.last()->round == 1);
  CHECK(stage.stage.last()->deadline == one->deadline);

  const auto next = stage.stage.last();
  TaskStage::age(*next, call::kTaskLife);
  stage.run_until([&] { return next->has_ended(); });
  CHECK(stage.stage.backend.cancelled == std::vector{next});
  CHECK(stage.status(id) == "completed");
  CHECK(stage.get(id).find("The tool may did not finish within 86400000 ms") != std::string::npos);
}

TEST_CASE("tasks: a question that nobody answers ends with the task's time") {
  TaskStage stage;
  const std::string id = stage.begin();
  const auto one = stage.stage.last();
  stage.serve(asks(kAskName));
  CHECK(stage.status(id) == "input_required");
  TaskStage::age(*one, call::kTaskLife);
  stage.run_until([&] { return one->state == call::Call::State::kAnswered; });
  CHECK(stage.status(id) == "completed");
  CHECK(stage.get(id).find("The client did not answer in time") != std::string::npos);
}

TEST_CASE("tasks: a call that its tool's time ends is a call, also while it is being kept") {
  TaskStage stage;
  for (const char* tool : {"may", "must"}) {
    CAPTURE(tool);
    const auto client = std::make_shared<Client>();
    stage.hold_writing();
    const auto one = stage.call(client, tool);
    TaskStage::age(*one, 2min);
    stage.wait_for(client);
    CHECK(client->heard("did not finish within 60000 ms"));
    stage.let_write();
    CHECK(stage.kept().empty());
    CHECK(client->answers.size() == 1);
  }
}

TEST_CASE("tasks: progress is the status message, and is not written") {
  TaskStage stage;
  const std::string id = stage.begin();
  CHECK(message(stage, id).empty());
  stage.settle();
  stage.hold_writing();
  make_progress(stage, 1, 3);
  CHECK(message(stage, id) == "1 of 3");
  make_progress(stage, 2.5, 0);
  CHECK(message(stage, id) == "2.5");
  make_progress(stage, 3, 3, "Nearly there");
  CHECK(message(stage, id) == "Nearly there");
  CHECK_FALSE(stage.store.is_busy());
  CHECK(member_of(stage.get(id), {"result", "lastUpdatedAt"}) >
        member_of(stage.get(id), {"result", "createdAt"}));
}

TEST_CASE("tasks: somebody else's is as unknown as one that there is not") {
  TaskStage stage;
  const std::string id = stage.begin();
  const Caller bob{.principal = "bob"};
  for (const char* method : {"get", "update", "cancel"}) {
    CAPTURE(method);
    const std::string of_other = stage.ask(method, id, R"(,"inputResponses":{})", bob);
    CHECK(of_other == stage.ask(method, "blue.none", R"(,"inputResponses":{})"));
    CHECK(of_other.find(R"("code":-32602)") != std::string::npos);
  }
  CHECK(stage.status(id) == "working");
  CHECK(stage.stage.backend.cancelled.empty());
  for (const char* params : {"", R"("taskId":1)", R"("taskId":null)", R"("id":"x")"}) {
    const auto client = std::make_shared<Client>();
    stage.request(client, "tasks/get", params);
    CHECK(client->heard("Invalid params: taskId is required"));
  }
}

TEST_CASE("tasks: one that is only being kept is not there yet") {
  TaskStage stage;
  stage.settle();
  stage.hold_writing();
  const auto client = std::make_shared<Client>();
  const auto one = stage.call(client, "may");
  CHECK(one->task_pending);
  const auto listener = std::make_shared<Client>();
  stage.request(listener, "subscriptions/listen", R"("notifications":{"taskIds":["blue.none"]})");
  REQUIRE(listener->notes.size() == 1);
  CHECK(listener->notes.front().find("taskIds") == std::string::npos);
}

TEST_CASE("tasks: those that earlier processes left are there, until they expire") {
  const std::int64_t now = unix_us_now();
  const std::int64_t day = std::chrono::microseconds{call::kTaskLife}.count();
  TaskStage stage{{made_task("old.done", mcp::TaskStatus::kCompleted, now - day + 60'000'000),
                   made_task("old.failed", mcp::TaskStatus::kFailed, now),
                   made_task("old.expired", mcp::TaskStatus::kCompleted, now - day)}};
  CHECK(stage.status("old.done") == "completed");
  CHECK(member_of(stage.get("old.failed"), {"result", "error", "message"}) == "m");
  CHECK(TaskStage::is_acknowledged(stage.ask("cancel", "old.done")));
  CHECK(TaskStage::is_acknowledged(stage.update("old.done", "{}")));
  CHECK(stage.status("old.done") == "completed");
  CHECK(stage.get("old.expired").find("Unknown task") != std::string::npos);
}

TEST_CASE("tasks: past the limit a call goes on without a handle, and with its tool's time") {
  std::vector<call::Task> left;
  left.reserve(256);
  for (int i = 0; i < 256; ++i) {
    left.push_back(made_task("t" + std::to_string(i), mcp::TaskStatus::kCompleted, unix_us_now()));
  }
  TaskStage stage{left};
  for (const char* tool : {"may", "must"}) {
    CAPTURE(tool);
    const auto client = std::make_shared<Client>();
    const auto one = stage.call(client, tool);
    REQUIRE(one);
    REQUIRE(stage.stage.last() == one);
    CHECK(one->deadline == one->arrived + 1min);
    stage.serve(text_result());
    CHECK(member_of(client->text(), {"result", "resultType"}) == "complete");
  }
  CHECK(stage.kept().empty());
  // The limit is of each principal.
  const Caller bob{.principal = "bob"};
  CHECK_FALSE(stage.begin(bob).empty());
}

TEST_CASE("tasks: results that are still kept count in bytes, too") {
  // Results stay in memory until their tasks expire: a few large ones are as many as allowed.
  const auto large = [](const std::string& id) {
    call::Task task = made_task(id, mcp::TaskStatus::kCompleted, unix_us_now());
    task.view.result = R"({"content":[],"x":")" + std::string(4 << 20, 'x') + R"("})";
    return task;
  };
  std::vector<call::Task> left;
  left.reserve(16);
  for (int i = 0; i < 15; ++i) left.push_back(large("t" + std::to_string(i)));
  TaskStage below{left};
  CHECK(below.kept().empty());
  CHECK_FALSE(below.begin().empty());

  left.push_back(large("t15"));
  TaskStage stage{left};
  const auto client = std::make_shared<Client>();
  REQUIRE(stage.call(client, "may"));
  stage.serve(text_result());
  CHECK(member_of(client->text(), {"result", "resultType"}) == "complete");
  CHECK(stage.kept().empty());
  const Caller bob{.principal = "bob"};
  CHECK_FALSE(stage.begin(bob).empty());
}

TEST_CASE("tasks: what has expired makes room") {
  std::vector<call::Task> left;
  left.reserve(256);
  const std::int64_t day = std::chrono::microseconds{call::kTaskLife}.count();
  for (int i = 0; i < 256; ++i) {
    left.push_back(
        made_task("t" + std::to_string(i), mcp::TaskStatus::kCompleted, unix_us_now() - day));
  }
  TaskStage stage{left};
  const std::string id = stage.begin();
  CHECK(stage.kept() == std::vector{id});
}
