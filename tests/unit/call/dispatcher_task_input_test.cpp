// SPDX-License-Identifier: Apache-2.0
// What a task asks, how it is answered, and how it ends before its time: by its client, by the stop
// of the server and with a key.
#include "unit/call/task_stage.hpp"

using namespace toolpost;
using namespace toolpost::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kAskTwo =
    R"({"a":{"method":"roots/list"},"b":{"method":"elicitation/create","params":{"message":"B?",)"
    R"("requestedSchema":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}}})";

// The keys of what is not answered yet.
std::vector<std::string> asked(TaskStage& stage, const std::string& id) {
  const std::string text = stage.get(id);
  const auto document = json::parse(text);
  REQUIRE(document.has_value());
  const json::Value* requests = document->root().find("result")->find("inputRequests");
  std::vector<std::string> keys;
  if (requests == nullptr) return keys;
  for (const json::Member& member : requests->members()) keys.emplace_back(member.key);
  return keys;
}

using Keys = std::vector<std::string>;

constexpr const char* kAskRoots = R"({"a":{"method":"roots/list"}})";

}  // namespace

TEST_CASE("task input: it asks under its handle, and the answers begin the next round") {
  TaskStage stage;
  const std::string id = stage.begin();
  const auto first = stage.stage.last();
  stage.serve(asks(kAskName, "hidden"));
  CHECK(stage.status(id) == "input_required");
  CHECK(asked(stage, id) == Keys{"name"});
  CHECK(stage.get(id).find("hidden") == std::string::npos);
  CHECK(stage.get(id).find("requestState") == std::string::npos);
  CHECK(TaskStage::is_acknowledged(
      stage.update(id, R"({"name":{"action":"accept","content":{"name":"Ann"}}})")));
  const auto next = stage.stage.last();
  REQUIRE(next != first);
  CHECK(next->round == 1);
  CHECK(next->resume_state == "hidden");
  CHECK(next->input_responses == R"({"name":{"action":"accept","content":{"name":"Ann"}}})");
  CHECK(stage.status(id) == "working");
  CHECK(asked(stage, id).empty());
  stage.serve(text_result());
  CHECK(stage.status(id) == "completed");
}

TEST_CASE("task input: answers may come one by one, and others are left alone") {
  TaskStage stage;
  const std::string id = stage.begin();
  const auto first = stage.stage.last();
  stage.serve(asks(kAskTwo));
  CHECK(asked(stage, id) == Keys{"a", "b"});
  CHECK(TaskStage::is_acknowledged(stage.update(id, R"({"c":1,"a.2":{"roots":[]}})")));
  CHECK(asked(stage, id) == Keys{"a", "b"});
  CHECK(TaskStage::is_acknowledged(stage.update(id, R"({"c":1,"a":{"roots":[]}})")));
  CHECK(stage.status(id) == "input_required");
  CHECK(asked(stage, id) == Keys{"b"});
  // What has been answered is not asked any more, whatever comes.
  CHECK(TaskStage::is_acknowledged(stage.update(id, R"({"a":{"roots":[{"uri":"file:///x"}]}})")));
  CHECK(stage.stage.last() == first);
  CHECK(TaskStage::is_acknowledged(
      stage.update(id, R"({"b":{"action":"accept","content":{"n":1}}})")));
  REQUIRE(stage.stage.last() != first);
  CHECK(stage.stage.last()->input_responses ==
        R"({"a":{"roots":[]},"b":{"action":"accept","content":{"n":1}}})");
}

TEST_CASE("task input: what does not answer the question is refused whole") {
  TaskStage stage;
  const std::string id = stage.begin();
  const auto first = stage.stage.last();
  stage.serve(asks(kAskTwo));
  for (const char* wrong :
       {R"({"b":{"action":"accept","content":{"n":"x"}}})", R"({"b":{"action":"accept"}})",
        R"({"b":1})", R"({"b":null})", R"({"b":{"action":"maybe"}})",
        R"({"a":{"roots":[]},"b":{"action":"accept","content":{}}})"}) {
    CAPTURE(wrong);
    const std::string answer = stage.update(id, wrong);
    CHECK(answer.find(R"("code":-32602)") != std::string::npos);
    CHECK(answer.find("inputResponses/b: ") != std::string::npos);
    CHECK(asked(stage, id) == Keys{"a", "b"});
  }
  for (const char* wrong : {"1", "[]", "null", R"("x")"}) {
    CHECK(stage.update(id, wrong).find("inputResponses must be an object") != std::string::npos);
  }
  CHECK(stage.ask("update", id).find("inputResponses must be an object") != std::string::npos);
  CHECK(stage.stage.last() == first);
}

TEST_CASE("task input: no two questions of a task have the same key") {
  TaskStage stage;
  const std::string id = stage.begin();
  std::vector<std::string> seen;
  for (
      const char* questions :
      {R"({"a":{"method":"roots/list"},"a.2":{"method":"roots/list"},"a.":{"method":"roots/list"}})",
       R"({"a":{"method":"roots/list"},"a.1":{"method":"roots/list"}})", kAskRoots, kAskRoots}) {
    stage.serve(asks(questions));
    std::string responses = "{";
    for (const std::string& key : asked(stage, id)) {
      CHECK(std::find(seen.begin(), seen.end(), key) == seen.end());
      seen.push_back(key);
      responses.append(responses.size() > 1 ? "," : "").append("\"" + key + "\":{\"roots\":[]}");
    }
    const auto before = stage.stage.last();
    stage.update(id, responses + "}");
    REQUIRE(stage.stage.last() != before);
    // The plugin has its own names.
    CHECK(stage.stage.last()->input_responses.starts_with(R"({"a":{"roots":[]})"));
  }
  CHECK(seen.size() == 7);
  CHECK(seen.front() == "a");
}

TEST_CASE("task input: a round without a question goes on by itself") {
  TaskStage stage;
  const std::string id = stage.begin();
  const auto first = stage.stage.last();
  stage.serve(asks("{}", "more"));
  REQUIRE(stage.stage.last() != first);
  CHECK(stage.stage.last()->resume_state == "more");
  CHECK(stage.status(id) == "working");
}

TEST_CASE("task input: a plugin that never stops asking is stopped") {
  TaskStage stage;
  const std::string id = stage.begin();
  std::size_t rounds = 0;
  for (; stage.status(id) != "failed" && rounds < 20; ++rounds) {
    stage.serve(asks(kAskRoots));
    const Keys keys = asked(stage, id);
    if (!keys.empty()) stage.update(id, "{\"" + keys.front() + R"(":{"roots":[]}})");
  }
  CHECK(rounds == 8);
  CHECK(stage.status(id) == "failed");
}

TEST_CASE("task input: after the end an answer is acknowledged, and nothing comes of it") {
  TaskStage stage;
  const std::string id = stage.begin();
  stage.serve(text_result());
  CHECK(TaskStage::is_acknowledged(stage.update(id, R"({"name":{"action":"accept"}})")));
  CHECK(stage.stage.backend.running.size() == 1);
  CHECK(stage.status(id) == "completed");
}

TEST_CASE("task cancel: one that runs is ended, and its plugin is told") {
  TaskStage stage;
  const std::string id = stage.begin();
  const auto one = stage.stage.last();
  CHECK(TaskStage::is_acknowledged(stage.ask("cancel", id)));
  CHECK(stage.status(id) == "cancelled");
  CHECK(stage.stage.backend.cancelled == std::vector{one});
  CHECK(one->cancelled);
  stage.serve(text_result());
  CHECK(stage.status(id) == "cancelled");
  CHECK(stage.get(id).find("done") == std::string::npos);
  CHECK(TaskStage::is_acknowledged(stage.ask("cancel", id)));
  CHECK(stage.stage.backend.cancelled.size() == 1);
}

TEST_CASE("task cancel: one that asks is ended, and answers are too late") {
  TaskStage stage;
  const std::string id = stage.begin();
  stage.serve(asks(kAskName));
  stage.ask("cancel", id);
  CHECK(stage.status(id) == "cancelled");
  CHECK(asked(stage, id).empty());
  CHECK(TaskStage::is_acknowledged(stage.update(id, R"({"name":{"action":"decline"}})")));
  CHECK(stage.stage.backend.running.size() == 1);
  CHECK(stage.stage.backend.cancelled.empty());
}

TEST_CASE("task cancel: one that waits for a slot never begins") {
  TaskStage stage;
  std::vector<std::string> ids;
  ids.reserve(17);
  for (int i = 0; i < 17; ++i) ids.push_back(stage.begin());
  CHECK(stage.stage.backend.running.size() == 16);
  stage.ask("cancel", ids.back());
  CHECK(stage.status(ids.back()) == "cancelled");
  stage.stage.complete(stage.stage.backend.running.front(), text_result());
  CHECK(stage.stage.backend.running.size() == 16);
  CHECK(stage.stage.backend.cancelled.empty());
}

TEST_CASE("task cancel: one that has ended stays as it ended") {
  TaskStage stage;
  const std::string id = stage.begin();
  stage.serve(text_result());
  CHECK(TaskStage::is_acknowledged(stage.ask("cancel", id)));
  CHECK(stage.status(id) == "completed");
}

TEST_CASE("task ends: the stop of the server fails what runs, waits and asks, and says so") {
  TaskStage stage;
  const std::string asking = stage.begin();
  stage.serve(asks(kAskName));
  std::vector<std::string> running;
  running.reserve(16);
  for (int i = 0; i < 16; ++i) running.push_back(stage.begin());
  const std::string waiting = stage.begin();
  bool idle = false;
  stage.stage.dispatcher.stop_accepting();
  stage.stage.dispatcher.when_idle([&] { idle = true; });
  stage.stage.poll();
  CHECK(stage.status(waiting) == "failed");
  CHECK(stage.status(running.front()) == "working");
  CHECK(stage.status(asking) == "input_required");
  CHECK_FALSE(idle);
  stage.stage.dispatcher.answer_rest();
  stage.stage.poll();
  for (const std::string& id : {waiting, asking}) {
    CHECK(stage.status(id) == "failed");
    CHECK(stage.get(id).find(R"("code":50300)") != std::string::npos);
  }
  for (const std::string& id : {running.front(), running.back()}) {
    CHECK(stage.status(id) == "failed");
    CHECK(stage.get(id).find(R"("reason":"interrupted")") != std::string::npos);
  }
  CHECK(idle);
  CHECK(stage.stage.backend.cancelled.size() == 16);
}

TEST_CASE("task ends: what is about to become a task at the stop is answered as a call") {
  TaskStage stage;
  stage.hold_writing();
  const auto allowed = std::make_shared<Client>();
  stage.call(allowed, "may");
  const auto required = std::make_shared<Client>();
  stage.call(required, "must");
  stage.stage.dispatcher.stop_accepting();
  stage.stage.dispatcher.answer_rest();
  stage.stage.poll();
  CHECK(allowed->heard(R"("code":50300)"));
  CHECK(required->heard(R"("reason":"interrupted")"));  // its plugin has begun
  stage.let_write();
  CHECK(stage.kept().empty());
}

TEST_CASE("task ends: with the key of its caller, whatever it does") {
  TaskStage stage;
  const std::string running = stage.begin();
  const auto one = stage.stage.last();
  const std::string asking = stage.begin();
  stage.serve(asks(kAskName));
  const std::string of_bob = stage.begin({.principal = "bob"});
  stage.settle();
  stage.hold_writing();
  const auto pending = std::make_shared<Client>();
  stage.call(pending, "may");
  const auto required = std::make_shared<Client>();
  const auto other = stage.call(required, "must");
  stage.stage.dispatcher.revoke(
      [](const identity::Principal& principal) { return principal.name != "ann"; });
  stage.stage.poll();
  const auto& ended = stage.stage.backend.cancelled;
  CHECK(ended.size() == 2);
  for (const auto& call : {one, other}) {
    CHECK(std::find(ended.begin(), ended.end(), call) != ended.end());
  }
  for (const auto& client : {pending, required}) {
    CHECK(client->status == 401);
    CHECK(client->answers.size() == 1);
  }
  // Nobody hears of an end that is not on the disk.
  CHECK(stage.status(running) == "working");
  stage.let_write();
  for (const std::string& id : {running, asking}) {
    CHECK(stage.status(id) == "failed");
    CHECK(stage.get(id).find("the API key was revoked, or what its account may do has "
                             "changed") != std::string::npos);
  }
  CHECK(member_of(stage.ask("get", of_bob, "", {.principal = "bob"}), {"result", "status"}) ==
        "working");
  CHECK(stage.kept().size() == 3);
}

TEST_CASE("task notifications: who listens to its id is told of each change, and nobody else") {
  TaskStage stage;
  const std::string id = stage.begin();
  const std::string params = R"("notifications":{"taskIds":[")" + id + R"(","blue.none"]})";
  const auto listener = std::make_shared<Client>();
  REQUIRE(stage.request(listener, "subscriptions/listen", params));
  CHECK(listener->notes.front().find(R"("taskIds":[")" + id + R"("])") != std::string::npos);
  const auto stranger = std::make_shared<Client>();
  REQUIRE(stage.request(stranger, "subscriptions/listen", params, {.principal = "bob"}));
  CHECK(stranger->notes.front().find("taskIds") == std::string::npos);
  const auto namesake = std::make_shared<Client>();
  REQUIRE(stage.request(namesake, "subscriptions/listen", params, {.since = 1'800'000'000}));
  CHECK(namesake->notes.front().find("taskIds") == std::string::npos);
  for (const char* method : {"get", "update", "cancel"})
    CHECK(stage.ask(method, id, R"(,"inputResponses":{})", {.since = 1'800'000'000})
              .find("Unknown task") != std::string::npos);
  const auto without = std::make_shared<Client>();
  CHECK_FALSE(stage.request(without, "subscriptions/listen", params, {.takes_tasks = false}));
  CHECK(without->heard(R"("code":-32021)"));

  std::size_t heard = listener->notes.size();
  std::string note;
  const auto told = [&] {
    stage.run_until([&] { return listener->notes.size() > heard; });
    note = listener->notes[heard++];
    CHECK(member_of(note, {"method"}) == "notifications/tasks");
    CHECK(member_of(note, {"params", "taskId"}) == id);
    return member_of(note, {"params", "status"});
  };
  bool first = false;
  stage.stage.last()->progress.put({1, 2, ""}, &first);
  stage.stage.dispatcher.progressed(stage.stage.last());
  CHECK(told() == "working");
  CHECK(note.find(R"("statusMessage":"1 of 2")") != std::string::npos);
  stage.serve(asks(kAskRoots));
  CHECK(told() == "input_required");
  CHECK(note.find(R"("inputRequests":{"a":)") != std::string::npos);
  stage.update(id, R"({"a":{"roots":[]}})");
  CHECK(told() == "working");
  stage.serve(text_result());
  CHECK(told() == "completed");
  CHECK(note.find("done") != std::string::npos);
  CHECK(stranger->notes.size() == 1);
}
