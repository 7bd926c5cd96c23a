// SPDX-License-Identifier: Apache-2.0
#include "transport/admission.hpp"

#include "transport/address_range.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using transport::Admission;
using transport::HttpHead;

namespace {

const std::string kKey = "abcdefghijklmnopqrstuvwxyz0123456789";

transport::Peer peer_at(const std::string& address) {
  return {.address = address,
          .site = transport::site_of(boost::asio::ip::make_address(address)).to_string()};
}

const transport::Peer kPeer = peer_at("192.0.2.1");

struct Door {
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  identity::Authenticator authenticator = *identity::Authenticator::make(
      {.enabled = true, .given_key = Secret{kKey}, .file_key = {}, .previous_key = {}});
  Admission admission{authenticator, {.per_minute = 1, .burst = 2}, *log};
};

HttpHead with_bearer(const std::string& value) {
  HttpHead head;
  head.authorization = Secret{value};
  return head;
}

}  // namespace

TEST_CASE("admission: the key may come either way, and does not stay in the head") {
  Door door;
  HttpHead bearer = with_bearer("Bearer " + kKey);
  CHECK_FALSE(door.admission.admit(bearer, kPeer));
  CHECK(bearer.principal.name == "legacy");
  CHECK(bearer.principal.role == "admin");
  CHECK_FALSE(bearer.authorization);
  HttpHead lower = with_bearer("bearer  " + kKey);
  CHECK_FALSE(door.admission.admit(lower, kPeer));
  HttpHead header;
  header.api_key = Secret{kKey};
  CHECK_FALSE(door.admission.admit(header, kPeer));
  CHECK_FALSE(header.api_key);
}

TEST_CASE("admission: every missing or wrong credential gets the same answer") {
  Door door;
  HttpHead nothing;
  const auto expected = door.admission.admit(nothing, kPeer);
  REQUIRE(expected);
  CHECK(expected->status == 401);
  CHECK(expected->headers == "WWW-Authenticate: Bearer realm=\"toolpost\"\r\n");
  int other = 0;
  const std::vector<std::string> values = {"Bearer wrong",
                                           "Bearer ",
                                           "Bearer",
                                           kKey,
                                           "Basic " + kKey,
                                           "Bearer " + kKey + "x",
                                           "Bearer " + kKey.substr(1)};
  for (const std::string& value : values) {
    HttpHead head = with_bearer(value);
    const auto answer = door.admission.admit(head, peer_at("192.0.2." + std::to_string(++other)));
    REQUIRE_MESSAGE(answer, value);
    CHECK(answer->status == 401);
    CHECK(answer->body == expected->body);
    CHECK(answer->headers == expected->headers);
    CHECK(head.principal.name.empty());
  }
}

TEST_CASE("admission: both headers are a mistake, even with the right key") {
  Door door;
  HttpHead head = with_bearer("Bearer " + kKey);
  head.api_key = Secret{kKey};
  CHECK(door.admission.admit(head, kPeer)->status == 400);
  CHECK(head.principal.name.empty());
}

TEST_CASE("admission: an address that fails too often waits, but a right key never does") {
  Door door;
  const auto attempt = [&](const std::string& key, const std::string& address) {
    HttpHead head = with_bearer("Bearer " + key);
    const auto answer = door.admission.admit(head, peer_at(address));
    return answer ? answer->status : 200;
  };
  CHECK(attempt("wrong", "192.0.2.1") == 401);
  CHECK(attempt("wrong", "192.0.2.1") == 401);
  CHECK(attempt("wrong", "192.0.2.1") == 429);
  CHECK(attempt(kKey, "192.0.2.1") == 200);
  CHECK(attempt("wrong", "192.0.2.1") == 429);
  CHECK(attempt("wrong", "192.0.2.2") == 401);
  CHECK(attempt("wrong", "2001:db8:1:2::1") == 401);
  CHECK(attempt("wrong", "2001:db8:1:2::2") == 401);
  CHECK(attempt("wrong", "2001:db8:1:2:ffff::3") == 429);
  CHECK(attempt("wrong", "2001:db8:1:3::1") == 401);
}

TEST_CASE("admission: who presents nothing is told so, however often") {
  Door door;
  for (int i = 0; i < 10; ++i) {
    HttpHead head;
    CHECK(door.admission.admit(head, kPeer)->status == 401);
  }
}

TEST_CASE("admission: without authentication everybody is local") {
  Door door;
  identity::Authenticator open;
  Admission admission{open, {}, *door.log};
  HttpHead head = with_bearer("Bearer whatever");
  CHECK_FALSE(admission.admit(head, kPeer));
  CHECK(head.principal == identity::local_principal());
}
