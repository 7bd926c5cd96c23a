// SPDX-License-Identifier: Apache-2.0
// toolpost.health/1 as the wrapper offers it, seen from the host.
#include "fake_host.hpp"

#include <toolpost/ext/health.h>
#include <toolpost/sdk.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>

namespace toolpost::sdk::test {
namespace {

class Patient final : public Plugin {
 public:
  using Plugin::Plugin;

  void start() override {}

  Health health() override { return answer ? answer() : Plugin::health(); }

  const void* offered_extension(std::string_view id) noexcept override {
    return id == "test.own/1" ? &own : nullptr;
  }

  static inline std::function<Health()> answer;
  static inline int own = 0;
};

class Ward : public FakeHost {
 public:
  explicit Ward(std::function<Health()> answer) {
    Patient::answer = std::move(answer);
    static constexpr toolpost_entry entry =
        PluginInfo("test.patient", "1.0.0").entry(&detail::create<Patient>);
    REQUIRE(create(entry) == TOOLPOST_OK);
    REQUIRE(start() == TOOLPOST_OK);
  }

  ~Ward() { destroy(); }

  const void* extension(const char* id) { return plugin().get_extension(plugin().self, id); }

  toolpost_status ask() {
    const auto* health = static_cast<const toolpost_health*>(extension(TOOLPOST_EXT_HEALTH));
    REQUIRE(health != nullptr);
    CHECK(health->struct_size == sizeof(toolpost_health));
    facts.clear();
    return health->check(
        plugin().self,
        [](void* user, const char* data, std::size_t size) noexcept {
          static_cast<std::string*>(user)->append(data, size);
        },
        &facts);
  }

  std::string facts;
};

}  // namespace

TEST_CASE("health: a plugin that says nothing of itself is well") {
  Ward ward({});
  CHECK(ward.ask() == TOOLPOST_OK);
  CHECK(ward.facts == "{}");
}

TEST_CASE("health: facts reach the host, with a yes and with a no") {
  bool is_well = true;
  Ward ward([&] { return Health{is_well, Json::object({{"uv_available", is_well}})}; });
  CHECK(ward.ask() == TOOLPOST_OK);
  CHECK(ward.facts == R"({"uv_available":true})");
  is_well = false;
  CHECK(ward.ask() == TOOLPOST_E_UNAVAILABLE);
  CHECK(ward.facts == R"({"uv_available":false})");
}

TEST_CASE("health: what is thrown counts as not well, and its text stays inside") {
  Ward ward([]() -> Health { throw std::runtime_error("s3cret"); });
  CHECK(ward.ask() == TOOLPOST_E_INTERNAL);
  CHECK(ward.facts.empty());
  for (const std::string& line : ward.logs()) CHECK(line.find("s3cret") == std::string::npos);
  Patient::answer = []() -> Health { throw Error(Status::kDenied, "no"); };
  CHECK(ward.ask() == TOOLPOST_E_DENIED);
}

TEST_CASE("health: a plugin's own extensions are offered beside it") {
  Ward ward({});
  CHECK(ward.extension("test.own/1") == &Patient::own);
  CHECK(ward.extension("test.other/1") == nullptr);
  CHECK(ward.extension(nullptr) == nullptr);
}

}  // namespace toolpost::sdk::test
