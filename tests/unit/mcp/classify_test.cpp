// SPDX-License-Identifier: Apache-2.0
#include "mcp/classify.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

constexpr std::string_view kGoodMeta =
    R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}})";

std::unique_ptr<mcp::Message> request(std::string_view method, const std::string& params) {
  json::Parser parser;
  std::string text = R"({"jsonrpc":"2.0","id":1,"method":")" + std::string{method} +
                     R"(","params":{)" + params + "}}";
  auto parsed = mcp::Message::parse(std::move(text), parser, {});
  REQUIRE(std::holds_alternative<std::unique_ptr<mcp::Message>>(parsed));
  return std::move(std::get<0>(parsed));
}

mcp::RoutingHeaders headers_for(std::string_view method) {
  return {"2026-07-28", method, {}};
}

int code(const std::optional<mcp::Failure>& failure) {
  return failure ? failure->code : 0;
}

}  // namespace

TEST_CASE("classify: the era is that of the message, not of the process") {
  const auto modern = request("tools/list", std::string{kGoodMeta});
  CHECK(std::get<mcp::Route>(mcp::classify(*modern, nullptr)) == mcp::Route::kModern);
  const auto initialize = request("initialize", R"("protocolVersion":"2025-11-25")");
  CHECK(std::get<mcp::Route>(mcp::classify(*initialize, nullptr)) == mcp::Route::kInitialize);
  const auto legacy = request("tools/list", "");
  CHECK(std::get<mcp::Route>(mcp::classify(*legacy, nullptr)) == mcp::Route::kLegacy);
}

TEST_CASE("classify: a modern header without the envelope names what is missing") {
  const mcp::RoutingHeaders http{"2026-07-28", "tools/list", {}};
  const auto bare = mcp::classify(*request("tools/list", ""), &http);
  REQUIRE(std::holds_alternative<mcp::Failure>(bare));
  CHECK(std::get<mcp::Failure>(bare).code == mcp::kInvalidParams);
  CHECK(std::get<mcp::Failure>(bare).http_status == 400);
  CHECK(std::get<mcp::Failure>(bare).message.find("protocolVersion") != std::string::npos);
  const auto initialize = mcp::classify(*request("initialize", ""), &http);
  CHECK(std::get<mcp::Failure>(initialize).code == mcp::kHeaderMismatch);
}

TEST_CASE("modern checks: the first failure wins, in the order of the ladder") {
  const auto http = headers_for("tools/list");
  CHECK(code(mcp::check_modern(*request("tools/list", std::string{kGoodMeta}), &http)) == 0);

  const auto no_capabilities =
      request("tools/list", R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"})");
  CHECK(code(mcp::check_modern(*no_capabilities, &http)) == mcp::kInvalidParams);

  // A header that contradicts the body beats a version that is not served.
  const auto future = request(
      "tools/list",
      R"("_meta":{"io.modelcontextprotocol/protocolVersion":"v999","io.modelcontextprotocol/clientCapabilities":{}})");
  CHECK(code(mcp::check_modern(*future, &http)) == mcp::kHeaderMismatch);
  const mcp::RoutingHeaders same{"v999", "tools/list", {}};
  const auto unsupported = mcp::check_modern(*future, &same);
  CHECK(code(unsupported) == mcp::kUnsupportedVersion);
  CHECK(unsupported->data.find(R"("requested":"v999")") != std::string::npos);
  CHECK(unsupported->data.find("2026-07-28") < unsupported->data.find("2025-11-25"));

  const auto unknown = headers_for("nope");
  const auto missing = mcp::check_modern(*request("nope", std::string{kGoodMeta}), &unknown);
  CHECK(code(missing) == mcp::kMethodNotFound);
  CHECK(missing->http_status == 404);
}

TEST_CASE("modern checks: a legacy revision cannot be claimed for one request") {
  const auto message = request(
      "tools/list",
      R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2025-11-25","io.modelcontextprotocol/clientCapabilities":{}})");
  CHECK(code(mcp::check_modern(*message, nullptr)) == mcp::kUnsupportedVersion);
}

TEST_CASE("modern checks: bytes beyond ASCII in Mcp-Name are refused") {
  const auto message = request("tools/call", "\"name\":\"\xc3\xa9\"," + std::string{kGoodMeta});
  auto http = headers_for("tools/call");
  http.name = "\xc3\xa9";
  CHECK(code(mcp::check_modern(*message, &http)) == mcp::kHeaderMismatch);
  http.name = "=?base64?w6k=?=";
  CHECK(code(mcp::check_modern(*message, &http)) == 0);
}

TEST_CASE("modern checks: the routing headers must say what the body says") {
  const auto message = request("tools/call", R"("name":"echo",)" + std::string{kGoodMeta});
  auto http = headers_for("tools/call");
  CHECK(code(mcp::check_modern(*message, &http)) == mcp::kHeaderMismatch);
  http.name = "echo";
  CHECK(code(mcp::check_modern(*message, &http)) == 0);
  http.name = "=?base64?ZWNobw==?=";
  CHECK(code(mcp::check_modern(*message, &http)) == 0);
  for (const std::string_view name : {"Echo", "=?base64?ZWNobw=?=", "=?base64?ZWNobx==?="}) {
    http.name = name;
    CHECK(code(mcp::check_modern(*message, &http)) == mcp::kHeaderMismatch);
  }
  http.name = "echo";
  http.method = "TOOLS/CALL";
  CHECK(code(mcp::check_modern(*message, &http)) == mcp::kHeaderMismatch);
  CHECK(code(mcp::check_modern(*message, nullptr)) == 0);
}
