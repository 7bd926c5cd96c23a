// SPDX-License-Identifier: Apache-2.0
// toolpost.kv/1 at the border: who has it, what is refused, and what recv gets.
#include "plugin/host_table.hpp"
#include "plugin/instance.hpp"

#include <toolpost/ext/kv.h>

#include <doctest/doctest.h>

#include <cstring>
#include <new>

using namespace toolpost;

namespace {

struct Unused final : call::HostServices {
  void completed(std::shared_ptr<call::Call>, call::Outcome) override {}

  void progressed(std::shared_ptr<call::Call>) override {}

  void frame_left(std::shared_ptr<call::Call>) override {}

  void noted(std::shared_ptr<call::Call>) override {}

  void resource_updated(std::string_view, std::string_view) override {}
};

struct FakeKv final : call::KvService {
  std::int32_t get(std::string_view plugin, std::string_view key, std::string& out) override {
    asked = std::string{plugin} + "/" + std::string{key};
    if (throws) throw std::bad_alloc{};
    out = value;
    return status;
  }

  std::int32_t set(std::string_view plugin, std::string_view key, std::string_view given,
                   std::chrono::seconds given_life) override {
    asked = std::string{plugin} + "/" + std::string{key};
    value = given;
    life = given_life;
    return status;
  }

  std::int32_t remove(std::string_view plugin, std::string_view key) override {
    asked = std::string{plugin} + "/" + std::string{key};
    return status;
  }

  std::int32_t status = TOOLPOST_OK;
  std::string value;
  std::string asked;
  std::chrono::seconds life{0};
  bool throws = false;
};

struct Stage {
  explicit Stage(std::vector<std::string> granted, bool has_service = true)
      : instance("test.guest", {}, *log, pool, batch, services, {},
                 {std::move(granted), {.kv = has_service ? &kv : nullptr}}) {}

  const toolpost_kv* table() const {
    return static_cast<const toolpost_kv*>(instance.extension(TOOLPOST_EXT_KV));
  }

  toolpost_status get(const char* key, std::size_t size) {
    received = "not called";
    return table()->get(
        plugin::to_ctx(instance), key, size,
        [](void* user, const char* data, size_t length) noexcept {
          *static_cast<std::string*>(user) = std::string{data, length};
        },
        &received);
  }

  toolpost_status set(toolpost_kv_entry entry) {
    return table()->set(plugin::to_ctx(instance), &entry);
  }

  boost::asio::io_context io;
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  async::WorkerPool pool{1};
  async::Batch batch{io, pool};
  Unused services;
  FakeKv kv;
  plugin::Instance instance;
  std::string received;
};

toolpost_kv_entry entry_of(std::string_view key, std::string_view value) {
  return {.struct_size = sizeof(toolpost_kv_entry),
          .life_s = 60,
          .key = {key.data(), key.size()},
          .value = {value.data(), value.size()}};
}

}  // namespace

TEST_CASE("kv extension: only with the grant, and only where there is a store") {
  CHECK(Stage{{TOOLPOST_EXT_KV}}.table() != nullptr);
  CHECK(Stage{{}}.table() == nullptr);
  CHECK(Stage{{"toolpost.policy/1"}}.table() == nullptr);
  CHECK(Stage{{TOOLPOST_EXT_KV}, false}.table() == nullptr);
}

TEST_CASE("kv extension: recv gets the value, an empty one too, and nothing of what is none") {
  Stage stage{{TOOLPOST_EXT_KV}};
  stage.kv.value = std::string{"a\0b", 3};
  CHECK(stage.get("k", 1) == TOOLPOST_OK);
  CHECK(stage.received == stage.kv.value);
  CHECK(stage.kv.asked == "test.guest/k");
  stage.kv.value.clear();
  CHECK(stage.get("k", 1) == TOOLPOST_OK);
  CHECK(stage.received.empty());
  stage.kv.status = TOOLPOST_E_NOT_FOUND;
  CHECK(stage.get("k", 1) == TOOLPOST_E_NOT_FOUND);
  CHECK(stage.received == "not called");
}

TEST_CASE("kv extension: keys, values and times have bounds") {
  Stage stage{{TOOLPOST_EXT_KV}};
  const std::string longest(TOOLPOST_KV_MAX_KEY, 'k');
  const std::string too_long(TOOLPOST_KV_MAX_KEY + 1, 'k');
  CHECK(stage.get(longest.data(), longest.size()) == TOOLPOST_OK);
  CHECK(stage.set(entry_of(longest, "v")) == TOOLPOST_OK);
  stage.kv.asked.clear();
  CHECK(stage.get("", 0) == TOOLPOST_E_INVALID);
  CHECK(stage.get(nullptr, 3) == TOOLPOST_E_INVALID);
  CHECK(stage.get(too_long.data(), too_long.size()) == TOOLPOST_E_INVALID);
  CHECK(stage.set(entry_of(too_long, "v")) == TOOLPOST_E_INVALID);
  CHECK(stage.set(entry_of("", "v")) == TOOLPOST_E_INVALID);
  auto entry = entry_of("k", "v");
  entry.life_s = 0;
  CHECK(stage.set(entry) == TOOLPOST_E_INVALID);
  entry.life_s = TOOLPOST_KV_MAX_LIFE + 1;
  CHECK(stage.set(entry) == TOOLPOST_E_INVALID);
  entry = entry_of("k", {});
  entry.value.size = 1;
  CHECK(stage.set(entry) == TOOLPOST_E_INVALID);
  const std::string large(TOOLPOST_KV_MAX_VALUE + 1, 'v');
  CHECK(stage.set(entry_of("k", large)) == TOOLPOST_E_LIMIT);
  CHECK(stage.table()->remove(plugin::to_ctx(stage.instance), "", 0) == TOOLPOST_E_INVALID);
  CHECK(stage.kv.asked.empty());
  CHECK(stage.set(entry_of("k", {large.data(), TOOLPOST_KV_MAX_VALUE})) == TOOLPOST_OK);
  CHECK(stage.set(entry_of("k", {})) == TOOLPOST_OK);
  CHECK(stage.kv.life == std::chrono::seconds{60});
}

TEST_CASE("kv extension: what is malformed, or out of memory, is a status") {
  Stage stage{{TOOLPOST_EXT_KV}};
  const toolpost_kv* table = stage.table();
  toolpost_ctx* ctx = plugin::to_ctx(stage.instance);
  CHECK(table->get(nullptr, "k", 1, nullptr, nullptr) == TOOLPOST_E_INVALID);
  CHECK(table->get(ctx, "k", 1, nullptr, nullptr) == TOOLPOST_E_INVALID);
  CHECK(table->set(ctx, nullptr) == TOOLPOST_E_INVALID);
  auto entry = entry_of("k", "v");
  entry.struct_size = 8;
  CHECK(stage.set(entry) == TOOLPOST_E_UNSUPPORTED);
  stage.kv.throws = true;
  CHECK(stage.get("k", 1) == TOOLPOST_E_LIMIT);
  stage.instance.abandon();
  CHECK(table->get(ctx, "k", 1, nullptr, nullptr) == TOOLPOST_E_STATE);
  CHECK(table->remove(ctx, "k", 1) == TOOLPOST_E_STATE);
}
