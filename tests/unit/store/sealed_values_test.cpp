// SPDX-License-Identifier: Apache-2.0
// Only what was sealed for this key, with a key of ours, and still holds, is a value.
#include "store/sealed_values.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace toolpost;
using namespace std::chrono_literals;
using identity::SealKeys;
using store::Reply;
using store::SealedValues;

namespace {

// A store of which every byte can be changed behind our back.
class OpenStore final : public store::Store {
 public:
  Result<Reply> ask(store::Words words) override {
    if (is_down) return Error{Errc::kUnavailable, "down"};
    const std::string key{words[1]};
    if (words[0] == "SET") {
      values[key] = words[2];
      life = words[4];
      return Reply{.kind = Reply::Kind::kText, .text = "OK"};
    }
    const auto found = values.find(key);
    if (words[0] == "DEL") {
      const bool was_there = values.erase(key) != 0;
      return Reply{.kind = Reply::Kind::kNumber, .number = was_there};
    }
    if (found == values.end()) return Reply{};
    return Reply{.kind = Reply::Kind::kText, .text = found->second};
  }

  std::map<std::string, std::string> values;
  std::string life;
  bool is_down = false;
};

struct Bench {
  OpenStore store;
  SealKeys keys = *SealKeys::make_passing();
  SealedValues::UnixTime now{1'000'000s};
  SealedValues values{store, keys, "p:", [this] { return now; }};

  std::string get(std::string_view key) {
    const auto value = values.get(key);
    if (!value) return "error";
    return *value ? "value " + **value : "none";
  }
};

TEST_CASE("sealed values: what is set is got until its time is over or it is removed") {
  Bench bench;
  const std::string bytes{"a\0b\r\n\xff", 6};
  REQUIRE(bench.values.set("k", bytes, 60s).has_value());
  CHECK(bench.store.life == "60");
  CHECK(bench.store.values.begin()->first == "p:k");
  CHECK(bench.get("k") == "value " + bytes);
  REQUIRE(bench.values.set("empty", "", 60s).has_value());
  CHECK(bench.get("empty") == "value ");
  bench.now += 59s;
  CHECK(bench.get("k") == "value " + bytes);
  bench.now += 1s;
  CHECK(bench.get("k") == "none");  // though the store has it still
  CHECK(bench.values.rejected() == 0);
  REQUIRE(bench.values.remove("empty").has_value());
  CHECK(bench.store.values.size() == 1);
}

TEST_CASE("sealed values: the store does not learn what is in them") {
  Bench bench;
  REQUIRE(bench.values.set("k", "a secret of the project", 60s).has_value());
  CHECK(bench.store.values["p:k"].find("secret") == std::string::npos);
}

TEST_CASE("sealed values: any changed bit makes it no value") {
  Bench bench;
  REQUIRE(bench.values.set("k", "value", 60s).has_value());
  const std::string good = bench.store.values["p:k"];
  std::uint64_t rejected = 0;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    bench.store.values["p:k"] = bad;
    CHECK(bench.get("k") == "none");
    CHECK(bench.values.rejected() == ++rejected);
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    bench.store.values["p:k"] = good.substr(0, size);
    CHECK(bench.get("k") == "none");
  }
  bench.store.values["p:k"] = good + "x";
  CHECK(bench.get("k") == "none");
  bench.store.values["p:k"] = good;
  CHECK(bench.get("k") == "value value");
}

TEST_CASE("sealed values: one that was sealed for another key, or by others, is none") {
  Bench bench;
  REQUIRE(bench.values.set("mine", "value", 60s).has_value());
  bench.store.values["p:other"] = bench.store.values["p:mine"];
  CHECK(bench.get("other") == "none");
  Bench stranger;
  REQUIRE(stranger.values.set("mine", "value", 60s).has_value());
  bench.store.values["p:mine"] = stranger.store.values["p:mine"];
  CHECK(bench.get("mine") == "none");
  // Sealed with our key, but not as a value.
  bench.store.values["p:mine"] = *bench.keys.seal_bytes("session", std::string(40, 'x'));
  CHECK(bench.get("mine") == "none");
  CHECK(bench.values.rejected() == 3);
}

TEST_CASE("sealed values: a store that does not answer is told from one that has nothing") {
  Bench bench;
  bench.store.is_down = true;
  CHECK(bench.get("k") == "error");
  CHECK(!bench.values.set("k", "value", 60s));
  CHECK(!bench.values.remove("k"));
}

}  // namespace
