// SPDX-License-Identifier: Apache-2.0
// Items that are added in start() and never offered: start() takes one back, or fails.
#include "async/bounded_step.hpp"
#include "plugin/instance.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace toolpost;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 20s;

// The plugin as its C functions see it. Lives as long as the process, as does what is stuck in it.
struct Guest {
  const toolpost_host* host = nullptr;
  toolpost_ctx* ctx = nullptr;
  toolpost_plugin table{};
  std::atomic<int> releases = 0;
};

Guest* guest = nullptr;

toolpost_status add(std::string_view key) noexcept {
  toolpost_item item{};
  item.struct_size = sizeof item;
  item.kind = TOOLPOST_KIND_TOOL;
  item.key = {key.data(), key.size()};
  item.definition = TOOLPOST_LIT(R"({"name":"any","inputSchema":{"type":"object"}})");
  item.on_call = [](void*, toolpost_call_id, const toolpost_request*) noexcept {};
  item.on_release = [](void*) noexcept { ++guest->releases; };
  return guest->host->add(guest->ctx, &item);
}

toolpost_status fail_to_start(void*) noexcept {
  add("one");
  add("two");
  return TOOLPOST_E_UNAVAILABLE;
}

toolpost_status take_one_back(void*) noexcept {
  add("one");
  add("two");
  return guest->host->remove(guest->ctx, TOOLPOST_KIND_TOOL, "one", 3);
}

toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx, const toolpost_create_args*,
                       const toolpost_plugin** out) noexcept {
  guest->host = host;
  guest->ctx = ctx;
  *out = &guest->table;
  return TOOLPOST_OK;
}

struct Unused final : call::HostServices {
  void completed(std::shared_ptr<call::Call>, call::Outcome) override {}

  void progressed(std::shared_ptr<call::Call>) override {}

  void frame_left(std::shared_ptr<call::Call>) override {}

  void noted(std::shared_ptr<call::Call>) override {}

  void resource_updated(std::string_view, std::string_view) override {}
};

struct Stage {
  explicit Stage(toolpost_status (*start)(void*) noexcept) {
    guest = &own;
    own.table = {.struct_size = sizeof(toolpost_plugin),
                 .flags = 0,
                 .self = nullptr,
                 .start = start,
                 .stop = [](void*) noexcept {},
                 .destroy = [](void*) noexcept {},
                 .get_extension = nullptr};
    entry.create = create;
  }

  Guest own;
  toolpost_entry entry{};
  boost::asio::io_context io;
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  async::WorkerPool pool{2};
  async::Batch batch{io, pool};
  Unused services;
  plugin::Instance instance{"test.guest", {}, *log, pool, batch, services, {}};
};

// False when `work` is still at it after a long while; then its stage is left to it.
bool returns(std::function<void()> work) {
  const async::BoundedStep step{std::move(work)};
  return step.wait_until(std::chrono::steady_clock::now() + kPatience);
}

}  // namespace

TEST_CASE("instance: what a start() that fails has added is released, and nothing waits for it") {
  auto stage = std::make_shared<Stage>(fail_to_start);
  const bool returned = returns([stage] {
    CHECK_FALSE(stage->instance.start(stage->entry, "{}", "").has_value());
    stage->instance.stop();
    stage->instance.close();
    stage->instance.destroy();
  });
  REQUIRE(returned);
  CHECK(stage->own.releases == 2);
}

TEST_CASE("instance: what start() has taken back is released and not offered") {
  auto stage = std::make_shared<Stage>(take_one_back);
  auto items = std::make_shared<std::vector<std::string>>();
  const bool returned = returns([stage, items] {
    const auto started = stage->instance.start(stage->entry, "{}", "");
    if (!started) return;
    for (const auto& item : *started) items->push_back(item->key());
  });
  REQUIRE(returned);
  CHECK(*items == std::vector<std::string>{"two"});
  REQUIRE(returns([stage] {
    while (stage->pool.busy() != 0) std::this_thread::yield();
  }));
  CHECK(stage->own.releases == 2);
  stage->instance.close();
  stage->instance.destroy();
  CHECK(stage->own.releases == 2);
}

TEST_CASE(
    "instance: a negative status that is unknown reads as E_INTERNAL, a positive one as none") {
  const auto error_of = [](toolpost_status (*start)(void*) noexcept) {
    Stage stage{start};
    const auto started = stage.instance.start(stage.entry, "{}", "");
    REQUIRE_FALSE(started.has_value());
    stage.instance.close();
    stage.instance.destroy();
    return started.error().message();
  };
  CHECK(error_of([](void*) noexcept -> toolpost_status { return -11; }) ==
        "start failed: E_INTERNAL");
  CHECK(error_of([](void*) noexcept -> toolpost_status {
          guest->host->set_error(guest->ctx, "no fuel", 7);
          return INT32_MIN;
        }) == "start failed: E_INTERNAL: no fuel");
  CHECK(error_of([](void*) noexcept -> toolpost_status { return 1; }) ==
        "start failed: an unknown status");
}
