// SPDX-License-Identifier: Apache-2.0
// Results and schemas as the JSON that MCP wants.
#include <toolpost/result.hpp>
#include <toolpost/schema.hpp>
#include <toolpost/tool.hpp>

#include <doctest/doctest.h>

namespace toolpost::sdk::test {

TEST_CASE("result: text, error and an empty success") {
  CHECK(Result::text("hi").payload() == R"({"content":[{"type":"text","text":"hi"}]})");
  CHECK(Result::error("no").payload() ==
        R"({"content":[{"type":"text","text":"no"}],"isError":true})");
  CHECK(Result().payload() == R"({"content":[]})");
}

TEST_CASE("result: structured content alone also comes as text, beside other content it does not") {
  Result result = Result::structured(Json::object({{"n", 1}}));
  CHECK(result.payload() ==
        R"({"content":[{"type":"text","text":"{\"n\":1}"}],"structuredContent":{"n":1}})");
  result.add_text("one");
  CHECK(result.payload() ==
        R"({"content":[{"type":"text","text":"one"}],"structuredContent":{"n":1}})");
  CHECK_THROWS_AS(Result::structured(Json::array()), Error);
}

TEST_CASE("result: binary content travels beside the payload") {
  Result result;
  result.add_image(std::string("\0\xFF", 2), "image/png").add_audio("b", "audio/wav");
  result.add_resource_bytes("file:///x", "c", "application/pdf");
  CHECK(result.blobs() == std::vector<std::string>{std::string("\0\xFF", 2), "b", "c"});
  CHECK(result.payload() ==
        R"({"content":[{"type":"image","data":{"$blob":0},"mimeType":"image/png"},)"
        R"({"type":"audio","data":{"$blob":1},"mimeType":"audio/wav"},)"
        R"({"type":"resource","resource":{"uri":"file:///x","mimeType":"application/pdf",)"
        R"("blob":{"$blob":2}}}]})");
}

TEST_CASE("result: links, embedded text, meta and secrets") {
  Result result = Result::structured(Json::object({{"token", "t"}}));
  result.add_resource_link("file:///a", "a").add_resource_text("file:///b", "text", "text/plain");
  result.set_meta("com.example/x", 1).mark_secret("/structuredContent/token");
  const Json payload = Json::parse(result.payload());
  CHECK(payload["content"] ==
        Json::parse(R"([{"type":"resource_link","uri":"file:///a","name":"a"},)"
                    R"({"type":"resource","resource":{"uri":"file:///b","mimeType":"text/plain",)"
                    R"("text":"text"}}])"));
  CHECK(payload["_meta"] ==
        Json::parse(R"({"com.example/x":1,"io.toolpost/secret":["/structuredContent/token"]})"));
}

TEST_CASE("result: a failure is one line and never OK") {
  const Result failure = Result::failure(Status::kOk, "a\nb", 40300, Json::object({{"rule", "r"}}));
  CHECK(failure.outcome().status() == Status::kInternal);
  CHECK(failure.outcome().message() == "a b");
  CHECK(failure.outcome().rpc_code() == 40300);
  CHECK(failure.payload() == R"({"rule":"r"})");
  CHECK(Result::failure(Status::kDenied, "no").payload().empty());
}

TEST_CASE("result: a question to the client") {
  const Result result = InputRequired().list_roots("where").state("state");
  CHECK(result.outcome().needs_input());
  CHECK(result.outcome().state() == "state");
  CHECK(result.payload() == R"({"where":{"method":"roots/list","params":{}}})");
}

TEST_CASE("schema: the keywords of typical arguments") {
  const Schema schema = Schema::object("Arguments")
                            .required("n", Schema::integer().minimum(1).maximum(2.5))
                            .required("s", Schema::string("Text").max_length(9).loggable())
                            .optional("c", Schema::choice({"x", "y"}).default_value("x"))
                            .optional("l", Schema::array(Schema::boolean()).max_items(3));
  CHECK(schema.json() == Json::parse(R"({
    "type": "object", "description": "Arguments", "additionalProperties": false,
    "required": ["n", "s"],
    "properties": {
      "n": {"type": "integer", "minimum": 1, "maximum": 2.5},
      "s": {"type": "string", "description": "Text", "maxLength": 9, "x-toolpost-log": true},
      "c": {"type": "string", "enum": ["x", "y"], "default": "x"},
      "l": {"type": "array", "items": {"type": "boolean"}, "maxItems": 3}}})"));
}

TEST_CASE("tool: definition and item") {
  const Tool tool = Tool("t")
                        .title("T")
                        .description("D")
                        .output_json(R"({"type":"object"})")
                        .read_only()
                        .idempotent()
                        .timeout(std::chrono::seconds(2))
                        .max_concurrency(3);
  CHECK(tool.item().definition ==
        Json::parse(R"({"name":"t","title":"T","description":"D","outputSchema":{"type":"object"},
                        "inputSchema":{"type":"object","properties":{},
                                       "additionalProperties":false}})"));
  const Item& item = tool.item();
  CHECK(item.flags == (TOOLPOST_ITEM_READ_ONLY | TOOLPOST_ITEM_IDEMPOTENT));
  CHECK(item.timeout_ms == 2000);
  CHECK(item.max_concurrency == 3);
  CHECK(Tool("u").timeout(std::chrono::hours(2000)).item().timeout_ms == 4294967295U);
  CHECK_THROWS_AS(Tool("v").input_json("{"), Error);
}

}  // namespace toolpost::sdk::test
