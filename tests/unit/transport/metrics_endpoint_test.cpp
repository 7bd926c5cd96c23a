// SPDX-License-Identifier: Apache-2.0
#include "transport/metrics_endpoint.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
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

int status(MetricsEndpoint& endpoint, HttpHead head) {
  const auto rejection = endpoint.admit(head, kPeer);
  CHECK_FALSE(head.authorization);
  CHECK_FALSE(head.api_key);
  return rejection ? rejection->status : 200;
}

MetricsEndpoint endpoint(bool loopback, std::optional<Secret> key = std::nullopt) {
  return {transport::HostRules{loopback, {}, {}}, std::move(key), [] { return std::string{}; }};
}

}  // namespace

TEST_CASE("metrics endpoint: whoever asks this machine by its name is answered") {
  auto open = endpoint(true);
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
  auto open = endpoint(false);
  CHECK(status(open, asked("replica-1.example:9464")) == 200);
  HttpHead head = asked("replica-1.example:9464");
  head.origin = "https://page.example";
  CHECK(status(open, head) == 403);
}

TEST_CASE("metrics endpoint: nothing is taken in") {
  auto open = endpoint(true);
  HttpHead head = asked();
  head.method = "POST";
  CHECK(status(open, head) == 405);
  head = asked();
  head.has_body = true;
  CHECK(status(open, head) == 413);
}

TEST_CASE("metrics endpoint: with a key only the key opens") {
  auto closed = endpoint(true, Secret{"correct-key"});
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
}
