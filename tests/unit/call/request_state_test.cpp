// SPDX-License-Identifier: Apache-2.0
// The state between two rounds belongs to one request of one caller, and to nothing else.
#include "call/request_state.hpp"

#include "base/base64.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using call::RequestState;
using call::StateOwner;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::int64_t kLife = std::chrono::seconds{call::kRequestStateLife}.count();
const StateOwner kOwner{
    .owner = "ann", .method = "tools/call", .subject = "delete", .arguments = R"({"a":1,"b":"x"})"};

const identity::SealKeys& keys() {
  static const identity::SealKeys all = *identity::SealKeys::make_passing();
  return all;
}

RequestState state() {
  return {.round = 2,
          .asked =
              {{.key = "name",
                .kind = mcp::InputKind::kForm,
                .params = R"({"message":"m"})",
                .schema = R"({"type":"object"})"},
               {.key = "page", .kind = mcp::InputKind::kUrl, .params = {}, .schema = {}},
               {.key = "text \"x\"", .kind = mcp::InputKind::kSampling, .params = {}, .schema = {}},
               {.key = "roots", .kind = mcp::InputKind::kRoots, .params = {}, .schema = {}}},
          .resume_state = std::string{"\0\xff state", 8}};
}

std::string sealed(const StateOwner& owner = kOwner) {
  auto text = call::seal_state(keys(), owner, state(), kNow);
  REQUIRE(text.has_value());
  return *text;
}

bool opens(const StateOwner& owner, std::string_view text, std::int64_t now = kNow) {
  const auto opened = call::open_state(keys(), owner, text, now);
  if (!opened) {
    CHECK(opened.error().message() == "requestState is not valid for this request, or has expired");
  }
  return opened.has_value();
}

// A text of another host version, sealed as this one seals.
bool opens_content(const std::string& content) {
  const std::string purpose =
      R"(["toolpost request state 1","ann","tools/call","delete",{"a":1,"b":"x"}])";
  return opens(kOwner, *keys().seal(purpose, content));
}

}  // namespace

TEST_CASE("request state: comes back as it was, except what the client has seen anyway") {
  const auto opened = call::open_state(keys(), kOwner, sealed(), kNow);
  REQUIRE(opened.has_value());
  CHECK(opened->round == 2);
  CHECK(opened->resume_state == state().resume_state);
  REQUIRE(opened->asked.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(opened->asked[i].key == state().asked[i].key);
    CHECK(opened->asked[i].kind == state().asked[i].kind);
    CHECK(opened->asked[i].schema == state().asked[i].schema);
    CHECK(opened->asked[i].params.empty());
  }
}

TEST_CASE("request state: is for that caller, method, item and arguments only") {
  const std::string text = sealed();
  CHECK(opens(kOwner, text));
  const auto with = [&](auto change) {
    StateOwner other = kOwner;
    change(other);
    return opens(other, text);
  };
  for (const char* who : {"", "bob", "Ann", "ann ", "ann\",\"tools/call"}) {
    CAPTURE(who);
    CHECK_FALSE(with([&](StateOwner& other) { other.owner = who; }));
  }
  for (const char* method : {"", "prompts/get", "resources/read"}) {
    CAPTURE(method);
    CHECK_FALSE(with([&](StateOwner& owner) { owner.method = method; }));
  }
  for (const char* subject : {"", "add", "Delete"}) {
    CAPTURE(subject);
    CHECK_FALSE(with([&](StateOwner& owner) { owner.subject = subject; }));
  }
  for (const char* arguments :
       {"{}", R"({"a":2,"b":"x"})", R"({"a":1,"b":"x","c":0})", R"({"a":"1","b":"x"})",
        R"({"b":"x","a":1})", R"({"a":1.0,"b":"x"})", R"({"a":1,"b":"X"})"}) {
    CAPTURE(arguments);
    CHECK_FALSE(with([&](StateOwner& owner) { owner.arguments = arguments; }));
  }
  // The same arguments, written in another way.
  for (const char* arguments :
       {R"( { "a" : 1 , "b" : "x" } )", R"({"a":1,"b":"\u0078"})", R"({"\u0061":1,"b":"x"})"}) {
    CAPTURE(arguments);
    CHECK(with([&](StateOwner& owner) { owner.arguments = arguments; }));
  }
}

TEST_CASE("request state: what is one part cannot pass for two") {
  const std::string text =
      sealed({.owner = "a", .method = "b\",\"c", .subject = "d", .arguments = "{}"});
  CHECK(opens({.owner = "a", .method = "b\",\"c", .subject = "d", .arguments = "{}"}, text));
  CHECK_FALSE(opens({.owner = "a", .method = "b", .subject = "c", .arguments = "{}"}, text));
  CHECK_FALSE(opens({.owner = "a\",\"b", .method = "c", .subject = "d", .arguments = "{}"}, text));
}

TEST_CASE("request state: ends after half an hour, and may be used again until then") {
  const std::string text = sealed();
  CHECK(opens(kOwner, text));
  CHECK(opens(kOwner, text));
  CHECK(opens(kOwner, text, kNow + kLife - 1));
  CHECK_FALSE(opens(kOwner, text, kNow + kLife));
  CHECK_FALSE(opens(kOwner, text, kNow + kLife * 1000));
}

TEST_CASE("request state: of other keys, of other purposes, changed or cut, it is not valid") {
  const std::string text = sealed();
  const auto others = *identity::SealKeys::make_passing();
  CHECK_FALSE(call::open_state(others, kOwner, text, kNow).has_value());
  CHECK_FALSE(opens(kOwner, *keys().seal("legacy session", "{}")));
  CHECK_FALSE(opens(kOwner, ""));
  CHECK_FALSE(opens(kOwner, "state"));
  const std::string bytes = *decode_base64url(text);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    std::string encoded;
    append_base64url(encoded, changed);
    CHECK_FALSE(opens(kOwner, encoded));
  }
  for (std::size_t size = 0; size < text.size(); ++size) {
    CHECK_FALSE(opens(kOwner, std::string_view{text}.substr(0, size)));
  }
  CHECK_FALSE(opens(kOwner, std::string(1 << 20, 'A')));
}

TEST_CASE("request state: what another version has sealed is read with care") {
  const std::string expires = std::to_string(kNow + 60);
  const auto with = [&](const std::string& rest) {
    return opens_content("{\"expires\":" + expires + rest + "}");
  };
  CHECK(with(R"(,"round":0,"asked":[],"state":"")"));
  CHECK(with(R"(,"round":7,"asked":[],"state":"","more":1)"));
  for (const char* rest :
       {"", R"(,"asked":[],"state":"")", R"(,"round":8,"asked":[],"state":"")",
        R"(,"round":-1,"asked":[],"state":"")", R"(,"round":0.5,"asked":[],"state":"")",
        R"(,"round":0,"state":"")", R"(,"round":0,"asked":{},"state":"")",
        R"(,"round":0,"asked":[1],"state":"")", R"(,"round":0,"asked":[{"key":"k"}],"state":"")",
        R"(,"round":0,"asked":[{"kind":"url"}],"state":"")",
        R"(,"round":0,"asked":[{"key":"k","kind":"dance"}],"state":"")",
        R"(,"round":0,"asked":[{"key":"k","kind":"form"}],"state":"")",
        R"(,"round":0,"asked":[],"state":"?")", R"(,"round":0,"asked":[])"}) {
    CAPTURE(rest);
    CHECK_FALSE(with(rest));
  }
  CHECK_FALSE(opens_content(R"({"expires":"9","round":0,"asked":[],"state":""})"));
  for (const char* content : {"", "{", "[]", "null"}) CHECK_FALSE(opens_content(content));
}

TEST_CASE("request state: a plugin's part and what it asks have their limits") {
  RequestState large;
  large.resume_state.assign(call::kMaxResumeStateBytes, '\xff');
  const auto fits = call::seal_state(keys(), kOwner, large, kNow);
  REQUIRE(fits.has_value());
  CHECK(call::open_state(keys(), kOwner, *fits, kNow)->resume_state == large.resume_state);
  large.resume_state.push_back('x');
  const auto refused = call::seal_state(keys(), kOwner, large, kNow);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code() == Errc::kLimit);
  CHECK(refused.error().message() == "resume_state is larger than 8 KiB");

  RequestState asks;
  asks.asked = {{.key = "k",
                 .kind = mcp::InputKind::kForm,
                 .params = {},
                 .schema = R"({"title":")" + std::string(call::kMaxAskedBytes - 200, 'x') + "\"}"}};
  asks.resume_state.assign(call::kMaxResumeStateBytes, 'x');
  const auto both = call::seal_state(keys(), kOwner, asks, kNow);
  REQUIRE(both.has_value());
  CHECK(opens(kOwner, *both));
  asks.asked.front().schema = R"({"title":")" + std::string(call::kMaxAskedBytes, 'x') + "\"}";
  const auto too_much = call::seal_state(keys(), kOwner, asks, kNow);
  REQUIRE_FALSE(too_much.has_value());
  CHECK(too_much.error().message() == "inputRequests is too large");
}
