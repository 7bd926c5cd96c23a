// SPDX-License-Identifier: Apache-2.0
// A plugin whose health check does what a test wants: answer, say too much, or not come back.
#include "plugin/health_poll.hpp"

#include <toolpost/ext/health.h>

#include <doctest/doctest.h>

#include <thread>

using namespace toolpost;
using namespace std::chrono_literals;

namespace {

struct Services final : call::HostServices {
  void completed(std::shared_ptr<call::Call>, call::Outcome) override {}

  void progressed(std::shared_ptr<call::Call>) override {}

  void frame_left(std::shared_ptr<call::Call>) override {}

  void noted(std::shared_ptr<call::Call>) override {}

  void resource_updated(std::string_view, std::string_view) override {}
};

struct Patient {
  toolpost_health health{};
  toolpost_plugin table{};
  bool offers = true;
  std::vector<std::string> says;
  toolpost_status status = TOOLPOST_OK;
  std::atomic<bool> holds = false;
  std::atomic<int> asked = 0;
};

Patient* patient = nullptr;

toolpost_status check(void*, toolpost_recv recv, void* user) noexcept {
  ++patient->asked;
  while (patient->holds) std::this_thread::yield();
  for (const std::string& text : patient->says) recv(user, text.data(), text.size());
  return patient->status;
}

const void* get_extension(void*, const char* id) noexcept {
  return patient->offers && std::string_view{id} == TOOLPOST_EXT_HEALTH ? &patient->health
                                                                        : nullptr;
}

toolpost_status create(const toolpost_host*, toolpost_ctx*, const toolpost_create_args*,
                       const toolpost_plugin** out) noexcept {
  patient->health = {.struct_size = sizeof(toolpost_health), .reserved = 0, .check = check};
  patient->table = {.struct_size = sizeof(toolpost_plugin),
                    .flags = 0,
                    .self = nullptr,
                    .start = [](void*) noexcept -> toolpost_status { return TOOLPOST_OK; },
                    .stop = [](void*) noexcept {},
                    .destroy = [](void*) noexcept {},
                    .get_extension = get_extension};
  *out = &patient->table;
  return TOOLPOST_OK;
}

class Stage {
 public:
  Stage() {
    patient = &one;
    toolpost_entry entry{};
    entry.create = create;
    REQUIRE(instance.start(entry, "{}", "").has_value());
  }

  ~Stage() {
    one.holds = false;
    while (pool.busy() != 0) std::this_thread::yield();
    instance.close();
    instance.stop();
    instance.destroy();
    patient = nullptr;
  }

  // Runs what is due until a plugin has answered.
  void await_answer() {
    const int before = answers;
    while (answers == before) {
      io.restart();
      io.poll();
      std::this_thread::yield();
    }
  }

  Patient one;
  boost::asio::io_context io;
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  async::WorkerPool pool{1};
  async::Batch batch{io, pool};
  Services services;
  plugin::Instance instance{"test.patient", {}, *log, pool, batch, services, {}};
  int answers = 0;
  plugin::HealthPoll poll{io, pool, {&instance}, [this] { ++answers; }};
  plugin::HealthPoll::Clock::time_point now = plugin::HealthPoll::Clock::now();
};

}  // namespace

TEST_CASE("instance: what a plugin says of its health is taken as it is, once, and bounded") {
  Stage stage;
  patient->says = {R"({"a":1})", R"({"b":2})"};
  CHECK(stage.instance.ask_health().facts == R"({"a":1})");
  CHECK(stage.instance.ask_health().is_well);
  patient->status = TOOLPOST_E_UNAVAILABLE;
  CHECK_FALSE(stage.instance.ask_health().is_well);
  CHECK(stage.instance.ask_health().facts == R"({"a":1})");
  patient->says = {std::string(1025, ' ')};
  CHECK(stage.instance.ask_health().facts.empty());
  patient->says = {};
  patient->status = TOOLPOST_OK;
  CHECK(stage.instance.ask_health().is_well);
}

TEST_CASE("instance: a plugin without word about its health is well, until it stops") {
  Stage stage;
  patient->offers = false;
  CHECK(stage.instance.ask_health().is_well);
  patient->offers = true;
  patient->status = TOOLPOST_E_INTERNAL;
  patient->health.struct_size = 8;  // not a table that this host can read
  CHECK(stage.instance.ask_health().is_well);
  stage.instance.stop();
  CHECK_FALSE(stage.instance.ask_health().is_well);
  CHECK(patient->asked == 0);
}

TEST_CASE("health poll: a plugin is asked when somebody wants to know, and not too often") {
  Stage stage;
  patient->says = {R"({"a":1})"};
  CHECK(stage.poll.report(stage.now).front().facts.empty());
  CHECK(patient->asked == 0);
  stage.poll.refresh(stage.now);
  stage.await_answer();
  CHECK(stage.poll.report(stage.now).front().facts == R"({"a":1})");
  stage.poll.refresh(stage.now + 9s);
  while (stage.pool.busy() != 0) std::this_thread::yield();  // the job ends after its answer
  CHECK(patient->asked == 1);
  stage.poll.refresh(stage.now + 10s);
  stage.await_answer();
  CHECK(patient->asked == 2);
  stage.poll.stop();
  stage.poll.refresh(stage.now + 60s);
  CHECK(stage.pool.busy() == 0);
}

TEST_CASE("health poll: a plugin that does not come back is not well, and is not asked again") {
  Stage stage;
  patient->says = {R"({"a":1})"};
  patient->holds = true;
  stage.poll.refresh(stage.now);
  CHECK(stage.poll.report(stage.now + 1s).front().is_well);
  CHECK_FALSE(stage.poll.report(stage.now + 11s).front().is_well);
  stage.poll.refresh(stage.now + 11s);
  patient->holds = false;
  stage.await_answer();
  CHECK(patient->asked == 1);
  CHECK(stage.poll.report(stage.now + 12s).front().is_well);
  CHECK(stage.poll.report(stage.now + 12s).front().facts == R"({"a":1})");
}
