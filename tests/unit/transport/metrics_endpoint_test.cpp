// SPDX-License-Identifier: Apache-2.0
#include "transport/metrics_endpoint.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using transport::Admission;
using transport::HttpHead;
using transport::MetricsEndpoint;

namespace {

const transport::Peer kPeer{.address = "127.0.0.1", .site = "127.0.0.1"};

HttpHead asked(std::string host = "localhost:9464") {
  HttpHead head;
  head.method = "GET";
  head.path = "/metrics";
  head.host = std::move(host);
  return head;
}

// An endpoint, and the door of the clients that it shares what it refuses with.
struct Listener {
  explicit Listener(bool loopback, std::optional<Secret> key = std::nullopt)
      : endpoint(transport::HostRules{loopback, {}, {}}, std::move(key), admission,
                 [] { return std::string{}; }) {
    admission.on_refused([this](std::string_view address, std::string_view reason) {
      CHECK(address == kPeer.address);
      refused.emplace_back(reason);
    });
  }

  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  identity::Authenticator authenticator = *identity::Authenticator::make(
      {.enabled = false, .given_key = {}, .file_key = {}, .previous_key = {}});
  Admission admission{authenticator, {.per_minute = 1, .burst = 3}, *log};
  std::vector<std::string> refused;
  MetricsEndpoint endpoint;
};

int status(Listener& listener, HttpHead head) {
  const auto rejection = listener.endpoint.admit(head, kPeer);
  CHECK_FALSE(head.authorization);
  CHECK_FALSE(head.api_key);
  return rejection ? rejection->status : 200;
}

}  // namespace

TEST_CASE("metrics endpoint: whoever asks this machine by its name is answered") {
  Listener open{true};
  CHECK(status(open, asked()) == 200);
  HttpHead head = asked();
  head.method = "HEAD";
  CHECK(status(open, head) == 200);
  CHECK(status(open, asked("rebound.example:9464")) == 403);
  head = asked();
  head.origin = "https://page.example";
  CHECK(status(open, head) == 403);
}

TEST_CASE("metrics endpoint: beyond loopback any name is answered, and no page") {
  Listener open{false};
  CHECK(status(open, asked("replica-1.example:9464")) == 200);
  HttpHead head = asked("replica-1.example:9464");
  head.origin = "https://page.example";
  CHECK(status(open, head) == 403);
}

TEST_CASE("metrics endpoint: nothing is taken in") {
  Listener open{true};
  HttpHead head = asked();
  head.method = "POST";
  CHECK(status(open, head) == 405);
  head = asked();
  head.has_body = true;
  CHECK(status(open, head) == 413);
}

TEST_CASE("metrics endpoint: with a key only the key opens") {
  Listener closed{true, Secret{"correct-key"}};
  const auto with = [](std::string value) {
    HttpHead head = asked();
    head.authorization = Secret{std::move(value)};
    return head;
  };
  CHECK(status(closed, asked()) == 401);
  CHECK(status(closed, with("Bearer correct-key")) == 200);
  CHECK(status(closed, with("Bearer correct-kez")) == 401);
  CHECK(status(closed, with("Bearer correct-key-and-more")) == 401);
  CHECK(status(closed, with("Basic correct-key")) == 401);
  HttpHead both = with("Bearer correct-key");
  both.api_key = Secret{"correct-key"};
  CHECK(status(closed, both) == 401);
  CHECK(closed.refused == std::vector<std::string>{"missing", "wrong", "wrong", "wrong", "both"});
  CHECK(closed.admission.counts().wrong == 3);
  CHECK(closed.admission.counts().told_to_wait == 0);
}

TEST_CASE(
    "metrics endpoint: wrong keys are slowed down as those of clients, the right one is not") {
  Listener closed{true, Secret{"correct-key"}};
  const auto with = [](std::string value) {
    HttpHead head = asked();
    head.api_key = Secret{std::move(value)};
    return head;
  };
  for (int i = 0; i < 3; ++i) CHECK(status(closed, with("wrong")) == 401);
  HttpHead head = with("wrong");
  const auto rejection = closed.endpoint.admit(head, kPeer);
  REQUIRE(rejection);
  CHECK(rejection->status == 429);
  CHECK(rejection->headers.starts_with("Retry-After: "));
  CHECK(closed.admission.counts().told_to_wait == 1);
  CHECK(closed.refused.size() == 4);
  CHECK(status(closed, with("correct-key")) == 200);
  CHECK(status(closed, asked()) == 401);
}
