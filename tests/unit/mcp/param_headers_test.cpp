// SPDX-License-Identifier: Apache-2.0
#include "mcp/param_headers.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

constexpr std::string_view kSchema = R"({"type":"object","properties":{
  "region":{"type":"string","x-mcp-header":"Region"},
  "deep":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"}}},
  "on":{"type":"boolean","x-mcp-header":"On"}}})";

std::string refusal(std::string_view schema) {
  const auto document = json::parse(schema);
  const auto bindings = mcp::read_header_bindings(document->root());
  return bindings ? std::string{} : bindings.error().message();
}

bool passes(std::string_view arguments, const mcp::ParamHeaders& headers) {
  const auto schema = json::parse(kSchema);
  const auto bindings = mcp::read_header_bindings(schema->root());
  REQUIRE(bindings.has_value());
  const auto document = json::parse(arguments);
  const auto failure = mcp::check_param_headers(*bindings, &document->root(), headers);
  if (failure) CHECK(failure->code == mcp::kHeaderMismatch);
  return !failure;
}

}  // namespace

TEST_CASE("parameter headers: they say what the arguments say") {
  CHECK(passes("{}", {}));
  CHECK(passes(R"({"region":null})", {}));
  CHECK(passes(R"({"region":"eu"})", {{"region", "eu"}, {"unknown", "x"}}));
  CHECK(passes(R"({"region":"h\u00e4"})", {{"region", "=?base64?aMOk?="}}));
  CHECK(passes(R"({"deep":{"n":42}})", {{"n", "42.0"}}));
  CHECK(passes(R"({"on":true})", {{"on", "true"}}));
  CHECK_FALSE(passes(R"({"region":"eu"})", {}));
  CHECK_FALSE(passes(R"({"region":"eu"})", {{"region", "us"}}));
  CHECK_FALSE(passes(R"({"region":"eu"})", {{"region", "=?base64?ZXU?="}}));
  CHECK_FALSE(passes(R"({"region":"h\u00e4"})", {{"region", "h\xC3\xA4"}}));
  CHECK_FALSE(passes("{}", {{"region", "eu"}}));
  CHECK_FALSE(passes(R"({"deep":{"n":42}})", {{"n", "43"}}));
  CHECK_FALSE(passes(R"({"on":true})", {{"on", "True"}}));
}

TEST_CASE("parameter headers: an annotation that clients reject fails the tool") {
  CHECK(refusal(kSchema).empty());
  CHECK(refusal(R"({"properties":{"a":{"type":"string","x-mcp-header":""}}})").find("name") !=
        std::string::npos);
  CHECK(refusal(R"({"properties":{"a":{"type":"string","x-mcp-header":"a b"}}})").find("name") !=
        std::string::npos);
  CHECK(refusal(R"({"properties":{"a":{"type":"number","x-mcp-header":"A"}}})").find("string") !=
        std::string::npos);
  CHECK(refusal(R"({"properties":{"a":{"type":"string","x-mcp-header":"A"},
                                  "b":{"type":"string","x-mcp-header":"a"}}})")
            .find("twice") != std::string::npos);
  CHECK(refusal(R"({"properties":{"a":{"items":{"type":"string","x-mcp-header":"A"}}}})")
            .find("properties") != std::string::npos);
  CHECK(refusal(R"({"allOf":[{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}]})")
            .find("properties") != std::string::npos);
}
