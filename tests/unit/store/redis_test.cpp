// SPDX-License-Identifier: Apache-2.0
// A Redis that is down, slow or lying costs one deadline, and is found again by itself.
#include "store/redis.hpp"

#include "unit/store/fake_redis.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <thread>

using namespace toolpost;
using namespace std::chrono_literals;
using store::Redis;
using store::Reply;
using test::Answer;
using test::Command;
using test::FakeRedis;

namespace {

// For what the server does wrong; a busy machine may miss it at other times, too.
constexpr auto kDeadline = 100ms;
// For what it does right.
constexpr auto kLongDeadline = 20s;
// How long a test waits for what must happen.
constexpr auto kPatience = 20s;

using Clock = std::chrono::steady_clock;

class Asker {
 public:
  explicit Asker(const FakeRedis& server, std::chrono::milliseconds deadline = kLongDeadline,
                 store::Login login = {}, std::size_t connections = 4)
      : redis_({.address = server.address(),
                .login = std::move(login),
                .deadline = deadline,
                .connections = connections,
                .max_reply_bytes = 4096},
               *log_) {}

  Result<Reply> get(std::string_view key = "k") {
    const std::array<std::string_view, 2> words{"GET", key};
    return redis_.ask(words);
  }

  // Asks until it answers.
  Result<Reply> get_again(std::string_view key = "k") {
    const auto until = Clock::now() + kPatience;
    auto reply = get(key);
    while (!reply && Clock::now() < until) reply = get(key);
    return reply;
  }

  Redis& redis() { return redis_; }

 private:
  std::unique_ptr<Log> log_ = *Log::open({.level = LogLevel::kFatal});
  Redis redis_;
};

Answer well(const Command& command) {
  if (command[0] == "PING") return test::pong();
  if (command[0] == "GET") return {.bytes = test::bulk("value of " + command[1])};
  return {.bytes = "+OK\r\n"};
}

template <class Function>
std::chrono::milliseconds time_of(Function function) {
  const auto began = Clock::now();
  function();
  return std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - began);
}

TEST_CASE("redis: the first call waits for the first connection, and the next takes the same") {
  FakeRedis server{well};
  Asker asker{server};
  for (int i = 0; i < 5; ++i) {
    const auto reply = asker.get("a");
    REQUIRE(reply.has_value());
    CHECK(reply->text == "value of a");
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("redis: user, password and database are given before anything else") {
  FakeRedis server{well};
  Asker asker{
      server, kLongDeadline, {.username = "tool", .password = Secret{"hunter2"}, .database = 3}};
  REQUIRE(asker.get().has_value());
  const auto seen = server.commands();
  REQUIRE(seen.size() == 4);
  CHECK(seen[0] == Command{"AUTH", "tool", "hunter2"});
  CHECK(seen[1] == Command{"SELECT", "3"});
  CHECK(seen[2] == Command{"PING"});
  CHECK(seen[3] == Command{"GET", "k"});
}

TEST_CASE("redis: a refused password is no connection, and the reason has nothing of it") {
  FakeRedis server{[](const Command& command) -> Answer {
    return {.bytes = "-WRONGPASS " + (command.size() > 1 ? command[1] : "") + " is wrong\r\n"};
  }};
  const store::RedisOptions options{.address = server.address(),
                                    .login = {.password = Secret{"hunter2"}},
                                    .deadline = kLongDeadline};
  const auto answered = store::ping(options);
  REQUIRE(!answered);
  CHECK(answered.error().code() == Errc::kDenied);
  CHECK(answered.error().message() == "the password is refused with WRONGPASS");
  Asker asker{server, kLongDeadline, options.login};
  CHECK(!asker.get());
}

TEST_CASE("redis: what it refuses is an error of the call and not of the connection") {
  FakeRedis server{[](const Command& command) -> Answer {
    if (command[0] == "GET") return {.bytes = "-OOM command not allowed, secret\r\n"};
    return well(command);
  }};
  Asker asker{server};
  for (int i = 0; i < 3; ++i) {
    const auto reply = asker.get();
    REQUIRE(!reply);
    CHECK(reply.error().message() == "Redis refuses with OOM");
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("redis: nobody there costs nothing once that is known") {
  store::RedisAddress gone;
  {
    FakeRedis server{well};
    gone = server.address();
  }
  const auto log = *Log::open({.level = LogLevel::kFatal});
  Redis redis{{.address = gone, .deadline = kDeadline}, *log};
  const std::array<std::string_view, 1> words{"PING"};
  CHECK(!redis.ask(words));
  const auto time = time_of([&] {
    for (int i = 0; i < 1000; ++i) CHECK(!redis.ask(words));
  });
  CHECK(time < 200 * kDeadline);  // one deadline each would be a thousand
}

TEST_CASE("redis: one that falls silent costs one deadline, once, and is found when it speaks") {
  FakeRedis server{well};
  Asker asker{server, kDeadline};
  REQUIRE(asker.get_again().has_value());
  server.say([](const Command&) -> Answer { return {}; });
  const auto first = time_of([&] { CHECK(!asker.get()); });
  CHECK(first >= kDeadline);
  const auto rest = time_of([&] {
    for (int i = 0; i < 1000; ++i) CHECK(!asker.get());
  });
  CHECK(rest < 200 * kDeadline);
  server.say(well);
  CHECK(asker.get_again().has_value());
}

TEST_CASE("redis: a byte now and then does not stretch the deadline") {
  FakeRedis server{[](const Command& command) -> Answer {
    if (command[0] != "GET" || command[1] != "k") return well(command);
    return {.bytes = test::bulk(std::string(8000, 'x')), .dribbles = true};
  }};
  Asker asker{server, kDeadline};
  CHECK(asker.get_again("other").has_value());
  const auto time = time_of([&] { CHECK(!asker.get()); });
  CHECK(time >= kDeadline);
  CHECK(time < 40 * kDeadline);  // the whole reply takes eight seconds
}

TEST_CASE("redis: a connection that ended while nobody used it is no failure") {
  FakeRedis server{well};
  Asker asker{server};
  REQUIRE(asker.get().has_value());
  server.hang_up();
  const auto until = Clock::now() + kPatience;
  while (server.connections() < 2 && Clock::now() < until) CHECK(asker.get_again().has_value());
  CHECK(server.connections() >= 2);
}

TEST_CASE("redis: garbage ends the connection, so that it answers nobody else") {
  for (const char* garbage : {"HTTP/1.1 400 Bad Request\r\n\r\n", "*1\r\n$1\r\nx\r\n",
                              "$2\r\nok\r\n$2\r\nno\r\n", "$999999999\r\n"}) {
    CAPTURE(std::string{garbage});
    FakeRedis server{well};
    Asker asker{server, kDeadline};
    REQUIRE(asker.get_again().has_value());
    server.say([&](const Command& command) -> Answer {
      if (command[0] == "PING") return test::pong();
      return {.bytes = garbage};
    });
    CHECK(!asker.get());
    server.say(well);
    const auto reply = asker.get_again();
    REQUIRE(reply.has_value());
    CHECK(reply->text == "value of k");
    CHECK(server.connections() >= 2);
  }
}

TEST_CASE("redis: a reply that comes too late answers nobody") {
  FakeRedis server{well};
  Asker asker{server, kDeadline};
  REQUIRE(asker.get_again().has_value());
  server.say([](const Command& command) -> Answer {
    if (command[0] == "GET" && command[1] == "late") {
      std::this_thread::sleep_for(2 * kDeadline);
    }
    return well(command);
  });
  CHECK(!asker.get("late"));
  for (int i = 0; i < 20; ++i) {
    const auto reply = asker.get_again();
    REQUIRE(reply.has_value());
    CHECK(reply->text == "value of k");
  }
}

TEST_CASE("redis: many threads share few connections, and each gets its own answer") {
  FakeRedis server{well};
  Asker asker{server, kLongDeadline, {}, 2};
  REQUIRE(asker.get().has_value());
  std::atomic<int> wrong = 0;
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string key = std::to_string(t * 1000 + i);
        const auto reply = asker.get(key);
        ++(reply && reply->text == "value of " + key ? right : wrong);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(right == 400);
  CHECK(server.connections() <= 2);
}

}  // namespace
