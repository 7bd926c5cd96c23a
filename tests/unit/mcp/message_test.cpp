// SPDX-License-Identifier: Apache-2.0
#include "mcp/message.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

using Parsed = std::variant<std::unique_ptr<mcp::Message>, mcp::Message::Refused>;

Parsed parse(std::string text) {
  json::Parser parser;
  return mcp::Message::parse(std::move(text), parser, {});
}

}  // namespace

TEST_CASE("message: a request gives its parts, arguments as they came") {
  const auto parsed = parse(
      R"({"jsonrpc":"2.0","id":0,"method":"tools/call","params":{"name":"x","arguments": {"a" : [1] },"_meta":{}}})");
  REQUIRE(std::holds_alternative<std::unique_ptr<mcp::Message>>(parsed));
  const auto& message = *std::get<0>(parsed);
  CHECK(message.kind() == mcp::Message::Kind::kRequest);
  CHECK(message.id().to_json() == "0");
  CHECK(message.method() == "tools/call");
  CHECK(message.param_text("arguments") == R"({"a" : [1] })");
  CHECK(message.param_text("absent").empty());
  CHECK(message.meta() != nullptr);
}

TEST_CASE("message: ids keep their type, and odd ones are answered") {
  CHECK(std::get<0>(parse(R"({"jsonrpc":"2.0","id":"","method":"m"})"))->id().to_json() == "\"\"");
  CHECK(std::get<0>(parse(R"({"jsonrpc":"2.0","id":"1","method":"m"})"))->id().to_json() ==
        "\"1\"");
  for (const char* text :
       {R"({"jsonrpc":"2.0","id":null,"method":"m"})", R"({"jsonrpc":"2.0","id":1.5,"method":"m"})",
        R"({"jsonrpc":"2.0","id":[],"method":"m"})"}) {
    const auto parsed = parse(text);
    REQUIRE(std::holds_alternative<mcp::Message::Refused>(parsed));
    CHECK(std::get<1>(parsed).failure.code == mcp::kInvalidRequest);
    CHECK_FALSE(std::get<1>(parsed).id.has_value());
  }
}

TEST_CASE("message: shapes that are no JSON-RPC are refused, with the id when there is one") {
  struct Case {
    const char* text;
    int code;
    bool has_id;
  };

  for (const Case& one :
       {Case{"[]", mcp::kInvalidRequest, false}, Case{"[{}]", mcp::kInvalidRequest, false},
        Case{"1", mcp::kInvalidRequest, false}, Case{"{}", mcp::kInvalidRequest, false},
        Case{"{", mcp::kParseError, false},
        Case{R"({"id":1,"method":"m"})", mcp::kInvalidRequest, true},
        Case{R"({"jsonrpc":"1.0","id":1,"method":"m"})", mcp::kInvalidRequest, true},
        Case{R"({"jsonrpc":"2.0","id":1,"method":5})", mcp::kInvalidRequest, true},
        Case{R"({"jsonrpc":"2.0","id":1})", mcp::kInvalidRequest, true},
        Case{R"({"jsonrpc":"2.0","id":1,"method":"m","result":{}})", mcp::kInvalidRequest, true},
        Case{R"({"jsonrpc":"2.0","id":1,"method":"m","error":null})", mcp::kInvalidRequest, true},
        Case{R"({"jsonrpc":"2.0","method":"m","error":{}})", mcp::kInvalidRequest, false},
        Case{R"({"jsonrpc":"2.0","id":1,"method":"m","params":[]})", mcp::kInvalidRequest, true},
        Case{R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":1}})", mcp::kInvalidRequest,
             true}}) {
    CAPTURE(one.text);
    const auto parsed = parse(one.text);
    REQUIRE(std::holds_alternative<mcp::Message::Refused>(parsed));
    CHECK(std::get<1>(parsed).failure.code == one.code);
    CHECK(std::get<1>(parsed).id.has_value() == one.has_id);
  }
}

TEST_CASE("message: notifications and responses are told apart") {
  CHECK(std::get<0>(parse(R"({"jsonrpc":"2.0","method":"m"})"))->kind() ==
        mcp::Message::Kind::kNotification);
  CHECK(std::get<0>(parse(R"({"jsonrpc":"2.0","id":1,"result":{}})"))->kind() ==
        mcp::Message::Kind::kResponse);
}

TEST_CASE("answers: an id that could not be read is left out, never null") {
  const auto answer = mcp::to_answer(mcp::invalid_params("x"), std::nullopt);
  CHECK(answer.json == R"({"jsonrpc":"2.0","error":{"code":-32602,"message":"x"}})");
  CHECK(mcp::method_not_found("m").http_status == 404);
  CHECK(mcp::overloaded("busy", "x").retry_after_s > 0);
}
