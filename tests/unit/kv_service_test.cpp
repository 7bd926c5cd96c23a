// SPDX-License-Identifier: Apache-2.0
// The service behind toolpost.kv/1: plugins do not meet, and what does not open is said, not often.
#include "kv_service.hpp"

#include <toolpost/ext/kv.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

using namespace toolpost;
using namespace std::chrono_literals;
using store::Reply;

namespace {

class Memory final : public store::Store {
 public:
  Result<Reply> ask(store::Words words) override {
    if (is_down) return Error{Errc::kUnavailable, "down"};
    const std::string key{words[1]};
    if (words[0] == "SET") {
      values[key] = words[2];
      return Reply{.kind = Reply::Kind::kText, .text = "OK"};
    }
    if (words[0] == "DEL")
      return Reply{.kind = Reply::Kind::kNumber, .number = values.erase(key) != 0};
    const auto found = values.find(key);
    if (found == values.end()) return Reply{};
    return Reply{.kind = Reply::Kind::kText, .text = found->second};
  }

  std::map<std::string, std::string> values;
  bool is_down = false;
};

struct Served {
  Served() {
    char name[] = "/tmp/toolpost-kv-XXXXXX";
    ::close(::mkstemp(name));
    file = name;
    log = *Log::open({.level = LogLevel::kDebug, .file = file});
    service.emplace(store, keys, "p", *log);
  }

  ~Served() { ::unlink(file.c_str()); }

  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  std::string get(std::string_view plugin, std::string_view key) {
    std::string value;
    const auto status = service->get(plugin, key, value);
    return status == TOOLPOST_OK ? "value " + value : std::to_string(status);
  }

  std::int64_t log_lines() const {
    std::ifstream in{file};
    std::stringstream text;
    text << in.rdbuf();
    const std::string all = text.str();
    return std::count(all.begin(), all.end(), '\n');
  }

  std::string file;
  std::unique_ptr<Log> log;
  Memory store;
  identity::SealKeys keys = *identity::SealKeys::make_passing();
  std::optional<KvService> service;
};

const std::string kNotFound = std::to_string(TOOLPOST_E_NOT_FOUND);

}  // namespace

TEST_CASE("kv service: a plugin's keys are its own") {
  Served served;
  CHECK(served.service->set("com.one", "k", "of one", 60s) == TOOLPOST_OK);
  CHECK(served.store.values.begin()->first == "p:kv:com.one:k");
  CHECK(served.get("com.one", "k") == "value of one");
  CHECK(served.get("com.other", "k") == kNotFound);
  // Not with a value that was moved there in the store either.
  served.store.values["p:kv:com.other:k"] = served.store.values["p:kv:com.one:k"];
  CHECK(served.get("com.other", "k") == kNotFound);
  CHECK(served.service->remove("com.one", "k") == TOOLPOST_OK);
  CHECK(served.service->remove("com.one", "k") == TOOLPOST_OK);
  CHECK(served.get("com.one", "k") == kNotFound);
}

TEST_CASE("kv service: a store that is away is unavailable") {
  Served served;
  served.store.is_down = true;
  CHECK(served.get("com.one", "k") == std::to_string(TOOLPOST_E_UNAVAILABLE));
  CHECK(served.service->set("com.one", "k", "v", 60s) == TOOLPOST_E_UNAVAILABLE);
  CHECK(served.service->remove("com.one", "k") == TOOLPOST_E_UNAVAILABLE);
  CHECK(served.log_lines() == 0);
}

TEST_CASE("kv service: values that do not open are logged when their number doubles") {
  Served served;
  CHECK(served.get("com.one", "k") == kNotFound);
  CHECK(served.log_lines() == 0);
  served.store.values["p:kv:com.one:k"] = "poison";
  for (int i = 0; i < 1000; ++i) CHECK(served.get("com.one", "k") == kNotFound);
  CHECK(served.log_lines() == 10);  // at 1, 2, 4, ... 512
}
