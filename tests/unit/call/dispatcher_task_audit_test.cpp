// SPDX-License-Identifier: Apache-2.0
// What stays of tasks in the journal: each round is a call with one outcome, however its task ends.
#include "unit/call/kept_records.hpp"
#include "unit/call/task_stage.hpp"

using namespace toolpost;
using namespace toolpost::testing;
using namespace std::chrono_literals;

namespace {

struct Scene {
  // The plugin has been given so many calls.
  const std::shared_ptr<call::Call>& nth(std::size_t number) {
    stage.run_until([&] { return stage.stage.backend.running.size() >= number; });
    return stage.stage.last();
  }

  void until(const std::string& id, std::string_view status) {
    stage.run_until([&] { return stage.status(id) == status; });
  }

  Records records() { return kept.of({"type", "item", "round", "outcome"}); }

  TaskStage stage;
  KeptRecords kept{stage.stage.dispatcher, *stage.stage.log};
};

}  // namespace

TEST_CASE("task audit: each round has its intent and its outcome, and its end follows the record") {
  Scene scene;
  const std::string id = scene.stage.begin();
  scene.stage.stage.complete(scene.nth(1), asks(kAskName));
  scene.until(id, "input_required");
  CHECK(scene.kept.count("\"input_required\"") == 1);
  scene.stage.update(id, R"({"name":{"action":"decline"}})");
  scene.stage.stage.complete(scene.nth(2), text_result());
  scene.until(id, "completed");
  CHECK(scene.records() == Records{"intent may - -", "outcome may - input_required",
                                   "intent may 1 -", "outcome may 1 ok"});
}

TEST_CASE("task audit: what is not kept is not begun, and that is its outcome") {
  Scene scene;
  scene.stage.break_disk();
  const auto client = std::make_shared<Client>();
  scene.stage.call(client, "may");
  scene.stage.wait_for(client);
  CHECK(client->status == 503);
  CHECK(scene.records() == Records{"outcome may - unavailable"});
}

TEST_CASE("task audit: whatever ends a call while its task is kept, there is one outcome") {
  for (const bool kept : {true, false}) {
    Scene scene;
    if (!kept) scene.stage.break_disk();
    scene.stage.hold_writing();
    const auto late = std::make_shared<Client>();
    const auto one = scene.stage.call(late, "may");
    TaskStage::age(*one, 2min);
    scene.stage.wait_for(late);
    const auto stopped = std::make_shared<Client>();
    scene.stage.call(stopped, "may");
    scene.stage.stage.dispatcher.stop_accepting();
    scene.stage.let_write();
    scene.stage.wait_for(stopped);
    scene.stage.settle();
    for (const auto& client : {late, stopped}) CHECK(client->answers.size() == 1);
    CHECK(scene.records() == Records{"outcome may - timeout", "outcome may - stopped"});
  }
}

TEST_CASE("task audit: a cancelled one is recorded once, also when it had come to its end") {
  Scene scene;
  const std::string running = scene.stage.begin();
  scene.nth(1);
  scene.stage.ask("cancel", running);
  const std::string ended = scene.stage.begin();
  const auto& one = scene.nth(2);
  scene.stage.stage.dispatcher.completed(one, text_result());
  scene.stage.ask("cancel", ended);
  CHECK(scene.stage.status(ended) == "cancelled");
  CHECK(scene.records() ==
        Records{"intent may - -", "outcome may - cancelled", "intent may - -", "outcome may - ok"});
  scene.stage.settle();
  CHECK(scene.stage.status(ended) == "cancelled");
}

TEST_CASE("task audit: a request about a task that is refused is a record") {
  Scene scene;
  const std::string id = scene.stage.begin();
  const auto refused = [&](const std::string& method, const std::string& params,
                           const Caller& caller = {}) {
    const auto client = std::make_shared<Client>();
    CHECK_FALSE(scene.stage.request(client, method, params, caller));
    scene.stage.wait_for(client);
    CHECK(client->heard("\"error\""));
  };
  refused("tasks/get", R"("taskId":"blue.none")");
  refused("tasks/get", R"("taskId":")" + id + "\"", {.principal = "bob"});
  refused("tasks/cancel", R"("taskId":7)");
  refused("tasks/update", R"("taskId":")" + id + R"(","inputResponses":"secret-value")");
  refused("tasks/get", R"("taskId":")" + id + "\"", {.takes_tasks = false});
  scene.stage.stage.complete(scene.nth(1), text_result());
  scene.until(id, "completed");
  CHECK(scene.kept.of({"type", "method", "item", "user", "outcome"}) ==
        Records{"intent tools/call may ann -", "outcome tasks/get blue.none ann unknown",
                "outcome tasks/get " + id + " bob unknown", "outcome tasks/cancel - ann invalid",
                "outcome tasks/update " + id + " ann invalid",
                "outcome tasks/get " + id + " ann invalid", "outcome tools/call may ann ok"});
}
