// SPDX-License-Identifier: Apache-2.0
// Kv: a cache that may be missing, and everything goes on.
#include "fake_host.hpp"

#include <toolpost/kv.hpp>
#include <toolpost/sdk.hpp>

#include <doctest/doctest.h>

#include <functional>

namespace toolpost::sdk::test {
namespace {

using std::chrono::seconds;

class Keeper final : public Plugin {
 public:
  explicit Keeper(const Context& context) : Plugin(context), kv(context) {}

  void start() override {}

  const Kv kv;
};

Keeper* last_created = nullptr;

constexpr toolpost_entry kEntry =
    PluginInfo("test.keeper", "1.0.0")
        .entry([](const toolpost_host* host, toolpost_ctx* context,
                  const toolpost_create_args* args, const toolpost_plugin** out) noexcept {
          return detail::create_instance(host, context, args, out, [](const Context& given) {
            auto keeper = std::make_unique<Keeper>(given);
            last_created = keeper.get();
            return std::unique_ptr<Plugin>(std::move(keeper));
          });
        });

// The Kv of a running plugin on this host. A copy, which may outlive it.
Kv started(FakeHost& host) {
  REQUIRE(host.create(kEntry) == TOOLPOST_OK);
  REQUIRE(host.start() == TOOLPOST_OK);
  return last_created->kv;
}

TEST_CASE("kv: what is set is got until it is removed") {
  FakeStore store;
  FakeHost host;
  host.grant_kv(store);
  const Kv kv = started(host);
  CHECK(kv.is_available());
  CHECK_FALSE(kv.get("k").has_value());
  const std::string bytes("a\0b", 3);
  CHECK(kv.set("k", bytes, seconds(60)));
  CHECK(store.life_s == 60);
  CHECK(kv.get("k") == bytes);
  CHECK(kv.set("k", "", seconds(1)));
  REQUIRE(kv.get("k").has_value());
  CHECK(kv.get("k")->empty());
  CHECK(kv.remove("k"));
  CHECK_FALSE(kv.get("k").has_value());
}

TEST_CASE("kv: without a store nothing is found and nothing is kept") {
  FakeHost host;
  const Kv kv = started(host);
  CHECK_FALSE(kv.is_available());
  CHECK_FALSE(kv.get("k").has_value());
  CHECK_FALSE(kv.set("k", "v", seconds(60)));
  CHECK_FALSE(kv.remove("k"));
}

TEST_CASE("kv: a store that does not answer is a miss") {
  FakeStore store;
  store.values["k"] = "v";
  store.status = TOOLPOST_E_UNAVAILABLE;
  FakeHost host;
  host.grant_kv(store);
  const Kv kv = started(host);
  CHECK_FALSE(kv.get("k").has_value());
  CHECK_FALSE(kv.set("k", "v", seconds(60)));
  CHECK_FALSE(kv.remove("k"));
}

TEST_CASE("kv: a life that no value has is refused, and never cut down to another") {
  FakeStore store;
  FakeHost host;
  host.grant_kv(store);
  const Kv kv = started(host);
  CHECK(kv.set("k", "v", seconds(TOOLPOST_KV_MAX_LIFE)));
  store.values.clear();
  for (const std::int64_t life : {std::int64_t{0}, std::int64_t{-1},
                                  std::int64_t{TOOLPOST_KV_MAX_LIFE} + 1, std::int64_t{1} << 32}) {
    CAPTURE(life);
    CHECK_FALSE(kv.set("k", "v", seconds(life)));
  }
  CHECK(store.values.empty());
}

TEST_CASE("kv: one that outlives its plugin finds nothing") {
  FakeStore store;
  store.values["k"] = "v";
  FakeHost host;
  host.grant_kv(store);
  const Kv kv = started(host);
  host.stop();
  host.destroy();
  CHECK_FALSE(kv.is_available());
  CHECK_FALSE(kv.get("k").has_value());
  CHECK_FALSE(kv.set("k", "other", seconds(60)));
  CHECK(store.values["k"] == "v");
}

}  // namespace
}  // namespace toolpost::sdk::test
