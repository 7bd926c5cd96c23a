// SPDX-License-Identifier: Apache-2.0
// An ItemStage whose calls may become tasks: with a store on the disk whose writing the test can
// hold up or make impossible.
#pragma once

#include "call/task_store.hpp"
#include "unit/call/item_stage.hpp"
#include "unit/sdk/scratch_directory.hpp"

#include <mutex>
#include <thread>

namespace toolpost::testing {

struct Caller {
  std::string principal = "ann";
  bool takes_tasks = true;
  mcp::Version version = mcp::Version::k2026_07_28;
  std::string role = "admin";
  identity::UnixSeconds since = 0;
};

class TaskStage {
 public:
  explicit TaskStage(std::vector<call::Task> left = {}) {
    const std::size_t lane =
        stage.dispatcher.add_lane("task.plugin", stage.backend, {.queue = 1024});
    registry::Items items;
    for (const auto& [name, mode] : {std::pair{"may", registry::TaskMode::kAllowed},
                                     std::pair{"must", registry::TaskMode::kRequired}}) {
      auto read = mcp::read_definition(
          mcp::ItemKind::kTool,
          R"({"name":")" + std::string{name} + R"(","inputSchema":{"type":"object"}})", name, "",
          {});
      REQUIRE(read.has_value());
      registry::Item one{.kind = mcp::ItemKind::kTool,
                         .name = name,
                         .key = name,
                         .plugin_id = "task.plugin",
                         .lane = lane};
      one.definition = std::move(*read);
      one.timeout = std::chrono::minutes{1};
      one.task = mode;
      items.push_back(std::make_shared<const registry::Item>(std::move(one)));
    }
    REQUIRE(stage.registry.publish(std::move(items)).has_value());
    REQUIRE(store.open(directory()).has_value());
    stage.dispatcher.use(store, "blue", std::move(left));
  }

  ~TaskStage() {
    let_write();
    while (pool.busy() != 0) std::this_thread::yield();
  }

  TaskStage(const TaskStage&) = delete;
  TaskStage& operator=(const TaskStage&) = delete;

  std::shared_ptr<call::Call> request(const std::shared_ptr<Client>& client,
                                      const std::string& method, const std::string& params,
                                      const Caller& caller = {}) {
    json::Parser parser;
    auto parsed = mcp::Message::parse(
        R"({"jsonrpc":"2.0","id":7,"method":")" + method + R"(","params":{)" + params + "}}",
        parser, {});
    REQUIRE(parsed.index() == 0);
    return stage.dispatcher.dispatch({.message = std::move(std::get<0>(parsed)),
                                      .version = caller.version,
                                      .principal = {.name = caller.principal,
                                                    .role = caller.role,
                                                    .key_id = "",
                                                    .since = caller.since},
                                      .client = {"{}", ItemStage::kAllFeatures, caller.takes_tasks},
                                      .responder = client});
  }

  std::shared_ptr<call::Call> call(const std::shared_ptr<Client>& client, const std::string& tool,
                                   const Caller& caller = {}) {
    return request(client, "tools/call", R"("name":")" + tool + "\"", caller);
  }

  // Calls the tool that may be a task; returns the id of the task that it has become.
  std::string begin(const Caller& caller = {}) {
    const auto client = std::make_shared<Client>();
    REQUIRE(call(client, "may", caller));
    return handle(client);
  }

  // The id in the handle that the client gets.
  std::string handle(const std::shared_ptr<Client>& client) {
    wait_for(client);
    CHECK(member_of(client->text(), {"result", "resultType"}) == "task");
    CHECK(client->status == 200);
    return member_of(client->text(), {"result", "taskId"});
  }

  void wait_for(const std::shared_ptr<Client>& client) {
    run_until([&] { return !client->answers.empty(); });
  }

  // The whole answer to a tasks/... request.
  std::string ask(const std::string& method, const std::string& id, const std::string& more = "",
                  const Caller& caller = {}) {
    const auto client = std::make_shared<Client>();
    CHECK_FALSE(request(client, "tasks/" + method, R"("taskId":")" + id + "\"" + more, caller));
    stage.poll();
    return client->text();
  }

  // What is being written is on the disk by then, unless the test holds it up.
  std::string get(const std::string& id) {
    if (!gate) settle();
    return ask("get", id);
  }

  std::string status(const std::string& id) { return member_of(get(id), {"result", "status"}); }

  // What the client answers, as an object of answers by key.
  std::string update(const std::string& id, const std::string& responses) {
    return ask("update", id, R"(,"inputResponses":)" + responses);
  }

  // Whether such an answer is the bare acknowledgement.
  static bool is_acknowledged(const std::string& answer) {
    return answer.starts_with(
        R"({"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","_meta":)");
  }

  // Nothing more is written until let_write().
  void hold_writing() {
    gate = std::make_shared<Gate>();
    gate->mutex.lock();
    pool.submit(gate);
  }

  void let_write() {
    if (gate) gate->mutex.unlock();
    gate.reset();
  }

  // From here on nothing can be written.
  void break_disk() {
    settle();
    std::filesystem::remove_all(directory());
  }

  std::string directory() const { return (scratch.path() / "tasks").string(); }

  // The names of the files that are kept of tasks.
  std::vector<std::string> kept() {
    settle();
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{directory()}) {
      if (entry.path().extension() == ".json") names.push_back(entry.path().stem());
    }
    return names;
  }

  // Everything is written, and everybody has been told.
  void settle() {
    do {
      while (pool.busy() != 0) std::this_thread::yield();
      stage.poll();
    } while (store.is_busy());
  }

  template <class Done>
  void run_until(Done done) {
    while (!done()) {
      stage.io.restart();
      stage.io.run_one_for(std::chrono::milliseconds{50});
    }
  }

  // The call that the plugin was given last, met with `outcome`.
  void serve(call::Outcome outcome) { stage.complete(stage.last(), std::move(outcome)); }

  // As if it had come that much earlier.
  static void age(call::Call& call, std::chrono::milliseconds by) {
    call.arrived -= by;
    call.deadline -= by;
  }

  struct Gate final : async::Job {
    void run() noexcept override { const std::lock_guard lock{mutex}; }

    std::mutex mutex;
  };

  sdk::test::ScratchDirectory scratch;
  ItemStage stage;
  async::WorkerPool pool{1};
  call::TaskStore store{stage.io, pool, *stage.log};
  std::shared_ptr<Gate> gate;
};

// A call that has ended in an earlier process, or is said to have.
inline call::Task made_task(const std::string& id, mcp::TaskStatus status,
                            std::int64_t created_us) {
  call::Task task;
  task.view = {.id = id,
               .status = status,
               .created_us = created_us,
               .updated_us = created_us,
               .ttl_ms = std::chrono::milliseconds{call::kTaskLife}.count(),
               .asked = {}};
  task.view.result = R"({"content":[]})";
  task.view.error = R"({"code":1,"message":"m"})";
  task.owner = "ann";
  task.tool = "may";
  task.is_kept = true;
  return task;
}

}  // namespace toolpost::testing
