// SPDX-License-Identifier: Apache-2.0
// The questions of a plugin, as both eras carry them, and what counts as an answer.
#include "mcp/input_requests.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using mcp::InputKind;
using mcp::Version;

namespace {

using Requests = std::vector<mcp::InputRequest>;

Result<Requests> read(const std::string& payload) {
  const auto document = json::parse(payload);
  REQUIRE(document.has_value());
  return mcp::read_input_requests(payload, document->root());
}

std::string refusal(const std::string& payload) {
  const auto requests = read(payload);
  return requests ? std::string{} : requests.error().message();
}

mcp::InputRequest one(const std::string& request) {
  const auto requests = read(R"({"k":)" + request + "}");
  REQUIRE(requests.has_value());
  REQUIRE(requests->size() == 1);
  return requests->front();
}

// Empty when it is an answer.
std::string wrong_with(const mcp::InputRequest& request, const std::string& answer) {
  const auto document = json::parse(answer);
  REQUIRE(document.has_value());
  const auto checked = mcp::check_input(request, document->root());
  return checked ? std::string{} : checked.error().message();
}

constexpr const char* kForm = R"({"method":"elicitation/create","params":{"mode":"form",
  "message":"Name?","requestedSchema":{"type":"object","properties":{"name":{"type":"string",
  "minLength":2}},"required":["name"]}}})";
constexpr const char* kUrl =
    R"({"method":"elicitation/create","params":{"mode":"url","message":"m","url":"https://x/"}})";
constexpr const char* kSampling =
    R"({"method":"sampling/createMessage","params":{"messages":[],"maxTokens":9,"tools":[],)"
    R"("toolChoice":{}}})";
constexpr const char* kRoots = R"({"method":"roots/list"})";

}  // namespace

TEST_CASE("input requests: each kind is known by its method and mode") {
  CHECK(one(kForm).kind == InputKind::kForm);
  CHECK(one(kForm).schema.starts_with(R"({"type":"object")"));
  CHECK(one(kForm).params.find('\n') == std::string::npos);
  CHECK(one(kUrl).kind == InputKind::kUrl);
  CHECK(one(kUrl).schema.empty());
  CHECK(one(kSampling).kind == InputKind::kSampling);
  CHECK(one(kRoots).kind == InputKind::kRoots);
  CHECK(one(kRoots).params.empty());
  // Without a mode it is a form, as before there were modes.
  CHECK(
      one(R"({"method":"elicitation/create","params":{"message":"m","requestedSchema":{"type":"object"}}})")
          .kind == InputKind::kForm);
  CHECK(read("{}")->empty());
  CHECK(read(R"({"\u0061\"b":)" + std::string{kRoots} + "}")->front().key == "a\"b");
}

TEST_CASE("input requests: what a server may not ask is refused with its place") {
  CHECK(refusal("[]") == "result: inputRequests must be an object");
  CHECK(refusal(R"({"k":1})") == "result: inputRequests/k must be an object");
  CHECK(refusal(R"({"k":{}})") == "result: inputRequests/k lacks method");
  CHECK(refusal(R"({"k":{"method":"tools/call","params":{}}})") ==
        "result: inputRequests/k/method is none that a server may ask for");
  CHECK(refusal(R"({"k":{"method":"Roots/list","params":{}}})") ==
        "result: inputRequests/k/method is none that a server may ask for");
  CHECK(refusal(R"({"k":{"method":"roots/list","params":[]}})") ==
        "result: inputRequests/k/params must be an object");
  CHECK(refusal(R"({"k":{"method":"sampling/createMessage"}})") ==
        "result: inputRequests/k lacks params");
  const auto elicitation = [](const std::string& params) {
    return refusal(R"({"k":{"method":"elicitation/create","params":)" + params + "}}");
  };
  CHECK(elicitation("{}") == "result: inputRequests/k/params lacks message");
  CHECK(elicitation(R"({"message":"m"})") ==
        "result: inputRequests/k/params lacks requestedSchema");
  CHECK(elicitation(R"({"message":"m","requestedSchema":true})") ==
        "result: inputRequests/k/params lacks requestedSchema");
  CHECK(elicitation(R"({"mode":"url","message":"m","requestedSchema":{}})") ==
        "result: inputRequests/k/params lacks url");
  CHECK(elicitation(R"({"mode":"file","message":"m","requestedSchema":{}})") ==
        "result: inputRequests/k/params/mode must be form or url");
  CHECK(elicitation(R"({"mode":1,"message":"m","requestedSchema":{}})") ==
        "result: inputRequests/k/params/mode must be form or url");
  CHECK(elicitation(R"({"message":"m","requestedSchema":{"type":"nothing"}})")
            .starts_with("result: inputRequests/k/params/requestedSchema must be"));
  CHECK(elicitation(R"({"message":"m","requestedSchema":{"type":"object","minProperties":"x"}})")
            .starts_with("inputRequests/k/params/requestedSchema: "));
}

TEST_CASE("input requests: a form is flat, with fields that clients can show") {
  const auto form = [](const std::string& field) {
    return R"({"k":{"method":"elicitation/create","params":{"message":"m","requestedSchema":)"
           R"({"type":"object","properties":{"f":)" +
           field + "}}}}}";
  };
  for (const char* field :
       {R"({"type":"string","format":"email"})", R"({"type":"number"})", R"({"type":"integer"})",
        R"({"type":"boolean","default":true})", R"({"type":"string","enum":["a"]})",
        R"({"type":"string","oneOf":[{"const":"a","title":"A"}]})",
        R"({"type":"array","items":{"type":"string","enum":["a"]}})",
        R"({"type":"array","items":{"anyOf":[{"const":"a","title":"A"}]}})"}) {
    CAPTURE(field);
    CHECK(read(form(field)).has_value());
  }
  for (const char* field : {R"({"type":"object"})", R"({"type":"array","items":{"type":"string"}})",
                            R"({"$ref":"#/x"})", "{}", "true"}) {
    CAPTURE(field);
    CHECK(refusal(form(field)).find("inputRequests/k/params/requestedSchema") != std::string::npos);
  }
}

TEST_CASE("input requests: a sampling request in which the model may call tools is known") {
  CHECK(one(kSampling).has_tools);
  CHECK_FALSE(one(R"({"method":"sampling/createMessage","params":{"messages":[],"maxTokens":1}})")
                  .has_tools);
}

TEST_CASE("input requests: keys have a length and there is a number of them") {
  const auto with_key = [](const std::string& key) {
    return refusal("{\"" + key + "\":" + kRoots + "}");
  };
  CHECK(with_key("") == "result: a key of inputRequests must have 1 to 128 bytes");
  CHECK(with_key(std::string(128, 'k')).empty());
  CHECK(with_key(std::string(129, 'k')) ==
        "result: a key of inputRequests must have 1 to 128 bytes");
  const auto so_many = [](std::size_t count) {
    std::string map;
    for (std::size_t i = 0; i < count; ++i) {
      map.append(i == 0 ? "{" : ",").append("\"k" + std::to_string(i) + "\":").append(kRoots);
    }
    return refusal(map + "}");
  };
  CHECK(so_many(mcp::kMaxInputRequests).empty());
  CHECK(so_many(mcp::kMaxInputRequests + 1) == "result: asks for more than 16 inputs");
}

TEST_CASE("input requests: a modern client gets them as a result, with the state") {
  const auto requests = read(R"({"a":{"method":"roots/list"},"b":)" + std::string{kUrl} + "}");
  REQUIRE(requests.has_value());
  CHECK(
      mcp::input_required_result(*requests, "st", R"({"name":"s"})") ==
      std::string{R"({"resultType":"input_required","inputRequests":{)"
                  R"("a":{"method":"roots/list"},"b":)"} +
          kUrl +
          R"(},"requestState":"st","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}})");
  const std::string only_state = mcp::input_required_result({}, "st", "{}");
  CHECK(only_state.find("inputRequests") == std::string::npos);
  CHECK(only_state.find(R"("requestState":"st")") != std::string::npos);
}

TEST_CASE("input requests: 2026-07-28 has no elicitationId, 2025-11-25 gets the host's") {
  const auto url =
      one(R"({"method":"elicitation/create","params":)"
          R"({"mode":"url","message":"m","url":"https://x/","elicitationId":"mine"}})");
  CHECK(mcp::input_required_result({url}, "st", "{}").find("elicitationId") == std::string::npos);
  CHECK(*mcp::legacy_input_request(url, "i", Version::k2025_11_25) ==
        R"({"jsonrpc":"2.0","id":"i","method":"elicitation/create","params":{"elicitationId":"i",)"
        R"("mode":"url","message":"m","url":"https://x/"}})");
}

TEST_CASE("input requests: a legacy client gets a request, as far as its revision has it") {
  const auto request = [](const char* what, Version version) {
    return mcp::legacy_input_request(one(what), "i", version).value_or("none");
  };
  CHECK(request(kRoots, Version::k2025_03_26) ==
        R"({"jsonrpc":"2.0","id":"i","method":"roots/list"})");
  CHECK(request(kForm, Version::k2025_03_26) == "none");
  CHECK(request(kForm, Version::k2025_06_18).find("mode") == std::string::npos);
  CHECK(request(kForm, Version::k2025_06_18).find("requestedSchema") != std::string::npos);
  CHECK(request(kForm, Version::k2025_11_25).find(R"("mode":"form")") != std::string::npos);
  CHECK(request(kForm, Version::k2025_11_25).find("elicitationId") == std::string::npos);
  CHECK(request(kUrl, Version::k2025_06_18) == "none");
  CHECK(request(kSampling, Version::k2025_06_18) ==
        R"({"jsonrpc":"2.0","id":"i","method":"sampling/createMessage",)"
        R"("params":{"messages":[],"maxTokens":9}})");
  CHECK(request(kSampling, Version::k2025_11_25).find(R"("tools":[],"toolChoice":{})") !=
        std::string::npos);
}

TEST_CASE("input: a form that was filled in is valid against its schema") {
  const auto form = one(kForm);
  CHECK(wrong_with(form, R"({"action":"accept","content":{"name":"Ann"}})").empty());
  CHECK(wrong_with(form, R"({"action":"decline"})").empty());
  CHECK(wrong_with(form, R"({"action":"cancel"})").empty());
  CHECK(wrong_with(form, R"({"action":"accept","content":{"name":"A"}})").starts_with("content: "));
  CHECK(wrong_with(form, R"({"action":"accept","content":{}})").starts_with("content: "));
  for (const char* answer : {R"({"action":"accept"})", R"({"action":"accept","content":[]})",
                             R"({"action":"accept","content":null})"}) {
    CAPTURE(answer);
    CHECK(wrong_with(form, answer) == "content must be an object");
  }
  for (const char* answer :
       {"{}", R"({"action":"Accept"})", R"({"action":1})", R"({"content":{"name":"Ann"}})"}) {
    CAPTURE(answer);
    CHECK(wrong_with(form, answer) == "action must be accept, decline or cancel");
  }
  for (const char* answer : {"[]", "null", "1", "\"accept\""}) {
    CAPTURE(answer);
    CHECK(wrong_with(form, answer) == "must be an object");
  }
}

TEST_CASE("input: pages, samples and roots have their own shapes") {
  CHECK(wrong_with(one(kUrl), R"({"action":"accept"})").empty());
  CHECK_FALSE(wrong_with(one(kUrl), R"({"action":"yes"})").empty());
  const auto sampling = one(kSampling);
  CHECK(wrong_with(sampling, R"({"role":"assistant","content":{"type":"text","text":"x"},)"
                             R"("model":"m"})")
            .empty());
  CHECK(wrong_with(sampling, R"({"content":{}})") == "must have role and content");
  CHECK(wrong_with(sampling, R"({"role":"assistant"})") == "must have role and content");
  const auto roots = one(kRoots);
  CHECK(wrong_with(roots, R"({"roots":[]})").empty());
  CHECK(wrong_with(roots, R"({"roots":[{"uri":"file:///a","name":"a"}]})").empty());
  CHECK(wrong_with(roots, R"({"roots":{}})") == "roots must be an array");
  CHECK(wrong_with(roots, "{}") == "roots must be an array");
  CHECK(wrong_with(roots, R"({"roots":[{"name":"a"}]})") == "each of roots must have a uri");
  CHECK(wrong_with(roots, R"({"roots":["file:///a"]})") == "each of roots must have a uri");
}
