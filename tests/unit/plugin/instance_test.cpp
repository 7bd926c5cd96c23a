// SPDX-License-Identifier: Apache-2.0
// An instance of a plugin that is a few functions of this file, at its end: no on_call begins once
// stop() has, and no on_cancel beside destroy().
#include "plugin/instance.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace toolpost;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 30s;

template <class Condition>
bool wait_until(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// What the host was told of the calls.
struct Ledger final : call::HostServices {
  void completed(std::shared_ptr<call::Call>, call::Outcome outcome) override {
    {
      const std::lock_guard lock{mutex};
      last = outcome;
    }
    (outcome.status == TOOLPOST_OK ? served : refused)++;
  }

  void progressed(std::shared_ptr<call::Call>) override {}

  void frame_left(std::shared_ptr<call::Call>) override {}

  void noted(std::shared_ptr<call::Call>) override {}

  void resource_updated(std::string_view, std::string_view) override {}

  std::atomic<int> served = 0;
  std::atomic<int> refused = 0;
  std::mutex mutex;
  call::Outcome last;
};

// One plugin at a time, as its C functions see it.
struct Guest {
  const toolpost_host* host = nullptr;
  toolpost_ctx* ctx = nullptr;
  toolpost_plugin table{};
  std::atomic<bool> holds = false;  // on_call stays until this is false or stop() was called
  std::atomic<bool> stop_called = false;
  std::atomic<int> inside = 0;
  std::atomic<int> inside_at_stop = 0;
  std::atomic<int> begun_after_stop = 0;
  std::atomic<int> cancels = 0;
  toolpost_status status = TOOLPOST_OK;   // that on_call completes with
  std::atomic<toolpost_status> told = 1;  // what complete() said to it
};

Guest* guest = nullptr;

void on_call(void*, toolpost_call_id id, const toolpost_request*) noexcept {
  if (guest->stop_called) ++guest->begun_after_stop;
  ++guest->inside;
  wait_until([] { return !guest->holds || guest->stop_called; });
  --guest->inside;
  toolpost_outcome outcome{};
  outcome.struct_size = sizeof outcome;
  outcome.kind = TOOLPOST_OUTCOME_COMPLETE;
  outcome.payload = TOOLPOST_LIT("{}");
  outcome.status = guest->status;
  if (outcome.status != TOOLPOST_OK) outcome.message = TOOLPOST_LIT("no fuel");
  guest->told = guest->host->complete(guest->ctx, id, &outcome);
}

toolpost_status start(void*) noexcept {
  toolpost_item item{};
  item.struct_size = sizeof item;
  item.kind = TOOLPOST_KIND_TOOL;
  item.key = TOOLPOST_LIT("t");
  item.definition = TOOLPOST_LIT(R"({"name":"t","inputSchema":{"type":"object"}})");
  item.on_call = on_call;
  item.on_cancel = [](void*, toolpost_call_id) noexcept { ++guest->cancels; };
  return guest->host->add(guest->ctx, &item);
}

void stop(void*) noexcept {
  guest->inside_at_stop = guest->inside.load();
  guest->stop_called = true;
}

toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx, const toolpost_create_args*,
                       const toolpost_plugin** out) noexcept {
  guest->host = host;
  guest->ctx = ctx;
  guest->table = {.struct_size = sizeof(toolpost_plugin),
                  .flags = 0,
                  .self = nullptr,
                  .start = start,
                  .stop = stop,
                  .destroy = [](void*) noexcept {},
                  .get_extension = nullptr};
  *out = &guest->table;
  return TOOLPOST_OK;
}

// A started instance, and what it needs around it.
class Stage {
 public:
  explicit Stage(std::chrono::milliseconds entry_time)
      : log_(*Log::open({.level = LogLevel::kFatal})),
        batch_(io_, pool_),
        instance("test.guest", {.entry_time = entry_time}, *log_, pool_, batch_, ledger, {}) {
    guest = &guest_;
    toolpost_entry entry{};
    entry.create = create;
    auto items = instance.start(entry, "{}", "");
    REQUIRE(items.has_value());
    REQUIRE(items->size() == 1);
    auto tool = plugin::make_item(items->front(), plugin::ItemSettings{});
    REQUIRE(tool.has_value());
    tool_ = *tool;
  }

  ~Stage() {
    tool_.reset();
    CHECK(wait_until([&] { return pool_.busy() == 0; }));
    instance.close();
    instance.destroy();
    guest = nullptr;
  }

  std::shared_ptr<call::Call> call() {
    json::Parser parser;
    auto parsed = mcp::Message::parse(
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}})", parser, {});
    auto one = std::make_shared<call::Call>(++calls_, tool_, std::move(std::get<0>(parsed)));
    one->arguments = "{}";
    pool_.raise_limit(1);  // each may be held
    instance.invoke(one);
    hand_over();
    return one;
  }

  void hand_over() {
    io_.restart();
    io_.poll();
  }

 private:
  boost::asio::io_context io_;
  std::unique_ptr<Log> log_;
  async::WorkerPool pool_{4};
  async::Batch batch_;
  std::shared_ptr<const registry::Item> tool_;
  call::CallId calls_ = 0;
  Guest guest_;

 public:
  Ledger ledger;
  plugin::Instance instance;
};

}  // namespace

TEST_CASE("instance: stop() reaches the plugin after the on_calls that were on their way") {
  Stage stage{kPatience};
  guest->holds = true;
  stage.call();
  REQUIRE(wait_until([] { return guest->inside == 1; }));
  std::thread stopper{[&] { stage.instance.stop(); }};
  // The gate is closed as soon as a call is turned away; until then each is let in and held.
  int begun = 1;
  CHECK(wait_until([&] {
    if (stage.ledger.refused == 0 && guest->inside == begun) {
      ++begun;
      stage.call();
    }
    return stage.ledger.refused != 0;
  }));
  CHECK_FALSE(guest->stop_called);
  guest->holds = false;
  stopper.join();
  CHECK(guest->stop_called);
  CHECK(guest->inside_at_stop == 0);
  CHECK(guest->begun_after_stop == 0);
}

TEST_CASE("instance: an on_call that only stop() can end does not keep stop() away") {
  Stage stage{1ms};
  guest->holds = true;
  stage.call();
  REQUIRE(wait_until([] { return guest->inside == 1; }));
  stage.instance.stop();
  CHECK(guest->inside_at_stop == 1);
  CHECK(wait_until([&] { return stage.ledger.served == 1; }));
}

TEST_CASE("instance: no on_call begins once stop() has, whenever they meet") {
  constexpr int kRounds = 300;
  constexpr int kCalls = 4;
  int late = 0;
  for (int round = 0; round < kRounds; ++round) {
    Stage stage{kPatience};
    std::atomic<bool> go = false;
    std::thread stopper{[&] {
      while (!go) std::this_thread::yield();
      stage.instance.stop();
    }};
    for (int i = 0; i < kCalls; ++i) {
      stage.call();
      if (i == 0) go = true;
    }
    stopper.join();
    CHECK(wait_until([&] { return stage.ledger.served + stage.ledger.refused == kCalls; }));
    late += guest->begun_after_stop;
  }
  CHECK(late == 0);
}

TEST_CASE("instance: on_cancel does not begin once the instance is closed") {
  Stage stage{kPatience};
  guest->holds = true;
  const auto call = stage.call();
  stage.instance.cancel(call);
  stage.hand_over();
  REQUIRE(wait_until([] { return guest->cancels == 1; }));
  stage.instance.close();
  stage.instance.cancel(call);
  stage.hand_over();
  guest->holds = false;
  CHECK(wait_until([&] { return stage.ledger.served == 1 && !stage.instance.has_frames(); }));
  CHECK(guest->cancels == 1);
}

TEST_CASE("instance: a call that fails with a status of a later header fails with E_INTERNAL") {
  for (const toolpost_status status : {TOOLPOST_E_INTERNAL - 1, INT32_MIN}) {
    Stage stage{kPatience};
    guest->status = status;
    stage.call();
    REQUIRE(wait_until([] { return guest->told != 1; }));
    CHECK(guest->told == TOOLPOST_OK);
    CHECK(stage.ledger.last.status == TOOLPOST_E_INTERNAL);
    CHECK(stage.ledger.last.message == "no fuel");
    CHECK(stage.instance.misbehaviours() == 0);
  }
}

TEST_CASE("instance: a positive status is none") {
  Stage stage{kPatience};
  guest->status = 1;
  stage.call();
  REQUIRE(wait_until([] { return guest->told != 1; }));
  CHECK(guest->told == TOOLPOST_E_INVALID);
  CHECK(stage.ledger.last.status == TOOLPOST_E_INTERNAL);
  CHECK(stage.ledger.last.message.empty());
  CHECK(stage.instance.misbehaviours() == 1);
}
