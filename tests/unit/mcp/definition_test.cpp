// SPDX-License-Identifier: Apache-2.0
// Resources, templates, prompts and completions as their plugins define them, and as each revision
// gets to see them. Tools have a file of their own.
#include "mcp/definition.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace toolpost;
using mcp::ItemKind;
using mcp::Version;

namespace {

Result<mcp::Definition> read(ItemKind kind, std::string_view definition, std::string_view key,
                             std::string_view prefix = "") {
  return mcp::read_definition(kind, definition, key, prefix, {});
}

std::string refusal(ItemKind kind, std::string_view definition, std::string_view key) {
  const auto result = read(kind, definition, key);
  return result ? std::string{} : result.error().message();
}

// A resource with that member besides those that it must have.
std::string resource_refusal(const std::string& member) {
  return refusal(ItemKind::kResource, R"({"uri":"a:b","name":"n",)" + member + "}", "a:b");
}

std::string prompt_refusal(const std::string& arguments) {
  return refusal(ItemKind::kPrompt, R"({"name":"p","arguments":)" + arguments + "}", "p");
}

bool says(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("definition: a resource is shown to each revision as far as that knows it") {
  const auto resource = read(ItemKind::kResource, R"({
      "uri": "test://a",
      "name": "a", "title": "A", "description": "d", "mimeType": "text/plain", "size": 3,
      "annotations": {"audience": ["user"], "priority": 0.5},
      "icons": [{"src": "x"}], "_meta": {"k": 1}})",
                             "test://a", "prefix_");
  REQUIRE(resource.has_value());
  CHECK(resource->text(Version::k2026_07_28) == resource->text(Version::k2025_11_25));
  CHECK(resource->text(Version::k2025_11_25) ==
        R"({"uri":"test://a","name":"a","title":"A","description":"d","mimeType":"text/plain",)"
        R"("size":3,"annotations":{"audience": ["user"], "priority": 0.5},)"
        R"("icons":[{"src": "x"}],"_meta":{"k": 1}})");
  CHECK_FALSE(says(resource->text(Version::k2025_06_18), "icons"));
  CHECK(says(resource->text(Version::k2025_06_18), R"("title":"A")"));
  CHECK_FALSE(says(resource->text(Version::k2025_03_26), "title"));
  CHECK_FALSE(says(resource->text(Version::k2025_03_26), "icons"));
  CHECK(says(resource->text(Version::k2025_03_26), R"("size":3)"));
}

TEST_CASE("definition: a template is shown as it is, and its variables are known") {
  const auto one = read(ItemKind::kTemplate,
                        R"({"uriTemplate":"t://{a}/{b}","name":"n","title":"T","icons":[]})",
                        "t://{a}/{b}", "prefix_");
  REQUIRE(one.has_value());
  REQUIRE(one->uri_template);
  CHECK(one->uri_template->variables() == std::vector<std::string>{"a", "b"});
  CHECK(one->text(Version::k2026_07_28) ==
        R"({"uriTemplate":"t://{a}/{b}","name":"n","title":"T","icons":[]})");
  CHECK(one->text(Version::k2025_06_18) ==
        R"({"uriTemplate":"t://{a}/{b}","name":"n","title":"T"})");
  CHECK(one->text(Version::k2025_03_26) == R"({"uriTemplate":"t://{a}/{b}","name":"n"})");
}

TEST_CASE("definition: a prompt has the operator's prefix, and its arguments their titles") {
  const auto prompt = read(ItemKind::kPrompt, R"({"name":"p","title":"P","arguments":[
      {"name":"x","title":"X","description":"d","required":true},{"name":"y"}]})",
                           "p", "pre_");
  REQUIRE(prompt.has_value());
  REQUIRE(prompt->arguments.size() == 2);
  CHECK(prompt->arguments[0].name == "x");
  CHECK(prompt->arguments[0].required);
  CHECK(prompt->arguments[1].name == "y");
  CHECK_FALSE(prompt->arguments[1].required);
  for (const Version version : mcp::supported_versions()) {
    CAPTURE(mcp::to_string(version));
    const std::string& text = prompt->text(version);
    CHECK(json::parse(text).has_value());
    CHECK(text.find('\n') == std::string::npos);
    CHECK(says(text, R"("name":"pre_p")"));
    CHECK(says(text, R"("title":"X")") == mcp::has_structured_content(version));
    CHECK(says(text, R"("required":true)"));
  }
  CHECK(prompt->text(Version::k2025_03_26) ==
        R"({"name":"pre_p","arguments":[{"name":"x","description":"d","required":true},)"
        R"({"name":"y"}]})");
}

TEST_CASE("definition: keys and texts with escapes are read as what they say") {
  const auto prompt = read(
      ItemKind::kPrompt, R"({"n\u0061me":"\u0070","\u0074itle":"T","arguments":[]})", "p", "pre_");
  REQUIRE(prompt.has_value());
  CHECK(prompt->text(Version::k2026_07_28) == R"({"name":"pre_p","title":"T","arguments":[]})");
  CHECK(prompt->text(Version::k2025_03_26) == R"({"name":"pre_p","arguments":[]})");
}

TEST_CASE("definition: what identifies an item must be its key") {
  CHECK(refusal(ItemKind::kResource, R"({"uri":"a:c","name":"n"})", "a:b") ==
        "definition: uri must be the item's key");
  CHECK(refusal(ItemKind::kResource, R"({"name":"n"})", "a:b") ==
        "definition: uri must be the item's key");
  CHECK(refusal(ItemKind::kTemplate, R"({"uriTemplate":1,"name":"n"})", "a:{b}") ==
        "definition: uriTemplate must be the item's key");
  CHECK(refusal(ItemKind::kPrompt, R"({"name":"q"})", "p") ==
        "definition: name must be the item's key");
  CHECK(refusal(ItemKind::kResource, R"({"uri":"a:b"})", "a:b") == "definition: name must be text");
  CHECK(refusal(ItemKind::kTemplate, R"({"uriTemplate":"a:{b}","name":2})", "a:{b}") ==
        "definition: name must be text");
}

TEST_CASE("definition: a resource has an absolute URI that fits on a line") {
  for (const std::string uri : {"", "a", "/etc/passwd", ":b", "a:", "1a:b", "a b:c", "a:b c",
                                "a:b\\n", "a:b\\u007f", "\\u00e4:b"}) {
    CAPTURE(uri);
    const std::string definition = R"({"uri":")" + uri + R"(","name":"n"})";
    const auto document = json::parse(definition);
    REQUIRE(document.has_value());
    CHECK(refusal(ItemKind::kResource, definition,
                  document->root().find_string("uri")->as_string()) ==
          "definition: uri must be an absolute URI");
  }
  CHECK(refusal(ItemKind::kResource, R"({"uri":"a+b-c.1:x","name":"n"})", "a+b-c.1:x").empty());
}

TEST_CASE("definition: a template that is none is refused with the reason") {
  CHECK(refusal(ItemKind::kTemplate, R"({"uriTemplate":"a:b","name":"n"})", "a:b") ==
        "definition: uriTemplate: has no variable: it is a resource");
  CHECK(refusal(ItemKind::kTemplate, R"({"uriTemplate":"a:{b","name":"n"})", "a:{b") ==
        "definition: uriTemplate: has a brace without its partner");
}

TEST_CASE("definition: what would break a client's reading of the whole list is refused") {
  for (const char* member : {R"("title":1)", R"("description":null)", R"("mimeType":[])"}) {
    CAPTURE(member);
    CHECK(says(resource_refusal(member), " must be text"));
  }
  CHECK(resource_refusal(R"("icons":{})") == "definition: icons must be an array");
  CHECK(resource_refusal(R"("icons":[1])") == "definition: each of icons must have a src");
  CHECK(resource_refusal(R"("icons":[{"src":1}])") == "definition: each of icons must have a src");
  CHECK(resource_refusal(R"("annotations":[])") == "definition: annotations must be an object");
  CHECK(resource_refusal(R"("_meta":1)") == "definition: _meta must be an object");
  for (const char* member :
       {R"("size":"3")", R"("size":-1)", R"("size":1.5)", R"("size":null)", R"("size":1e400)"}) {
    CAPTURE(member);
    CHECK_FALSE(resource_refusal(member).empty());
  }
  CHECK(resource_refusal(R"("size":-1)") == "definition: size must be an integer of at least 0");
  CHECK(resource_refusal(R"("size":0)").empty());
  CHECK(prompt_refusal("{}") == "definition: arguments must be an array");
  CHECK(prompt_refusal("[1]") == "definition: each of arguments must have a name");
  CHECK(prompt_refusal(R"([{"name":1}])") == "definition: each of arguments must have a name");
  CHECK(prompt_refusal(R"([{"name":"a","required":1}])") ==
        "definition: required of an argument must be a boolean");
  CHECK(prompt_refusal(R"([{"name":"a","title":1}])") ==
        "definition: title of an argument must be text");
  CHECK(prompt_refusal(R"([{"name":"a","description":{}}])") ==
        "definition: description of an argument must be text");
  CHECK(prompt_refusal(R"([{"name":"a"},{"name":"b"},{"name":"a"}])") ==
        "definition: arguments names \"a\" twice");
}

TEST_CASE("definition: keys of the protocol in _meta are refused") {
  CHECK(says(resource_refusal(R"("_meta":{"io.modelcontextprotocol/x":1})"),
             "_meta/io.modelcontextprotocol/x is reserved"));
  CHECK(says(resource_refusal(R"("_meta":{"dev.mcp.x/y":1})"), "is reserved"));
  CHECK(resource_refusal(R"("_meta":{"io.example/x":1,"mcp/x":2,"plain":3})").empty());
}

TEST_CASE("definition: a text that is no object is refused for every kind but completions") {
  for (const ItemKind kind :
       {ItemKind::kTool, ItemKind::kResource, ItemKind::kTemplate, ItemKind::kPrompt}) {
    CAPTURE(mcp::to_string(kind));
    for (const char* text : {"", "{", "[]", "null", "\"x\"", "{}{}", R"({"a":1,"a":2})"}) {
      CAPTURE(text);
      CHECK(refusal(kind, text, "x").starts_with("definition: "));
    }
  }
  CHECK(refusal(ItemKind::kCompletion, "", "prompt:p#a").empty());
  CHECK(refusal(ItemKind::kCompletion, "{}", "template:t://{a}#a").empty());
}

TEST_CASE("definition: the names of prompts are names with their prefix") {
  CHECK(says(refusal(ItemKind::kPrompt, R"({"name":"a b"})", "a b"), "\"a b\" must be 1 to 128"));
  const std::string longest(128, 'n');
  CHECK(read(ItemKind::kPrompt, R"({"name":")" + longest + "\"}", longest).has_value());
  CHECK_FALSE(read(ItemKind::kPrompt, R"({"name":")" + longest + "\"}", longest, "x").has_value());
}

TEST_CASE("definition: the key of a completion says what it completes") {
  const auto parts = mcp::read_completion_key("prompt:p#a");
  REQUIRE(parts.has_value());
  CHECK(parts->of_prompt);
  CHECK(parts->of == "p");
  CHECK(parts->argument == "a");
  const auto of_template = mcp::read_completion_key("template:t://{a}{#b}#b");
  REQUIRE(of_template.has_value());
  CHECK_FALSE(of_template->of_prompt);
  CHECK(of_template->of == "t://{a}{#b}");
  CHECK(of_template->argument == "b");
  for (const char* key : {"", "p#a", "prompt:", "prompt:#a", "prompt:p", "prompt:p#", "Prompt:p#a",
                          "template:#", "resource:x#a"}) {
    CAPTURE(key);
    CHECK_FALSE(mcp::read_completion_key(key).has_value());
    CHECK_FALSE(refusal(ItemKind::kCompletion, "{}", key).empty());
  }
  CHECK(mcp::make_completion_key(true, "p", "a") == "prompt:p#a");
  CHECK(mcp::make_completion_key(false, "t:{a}", "a") == "template:t:{a}#a");
}

TEST_CASE(
    "definition: the prefix stands before the names of tools and prompts, never before URIs") {
  CHECK(mcp::public_name(ItemKind::kTool, "t", "x_") == "x_t");
  CHECK(mcp::public_name(ItemKind::kPrompt, "p", "x_") == "x_p");
  CHECK(mcp::public_name(ItemKind::kResource, "a:b", "x_") == "a:b");
  CHECK(mcp::public_name(ItemKind::kTemplate, "a:{b}", "x_") == "a:{b}");
  CHECK(mcp::public_name(ItemKind::kCompletion, "prompt:p#a", "x_") == "prompt:x_p#a");
  CHECK(mcp::public_name(ItemKind::kCompletion, "template:a:{b}#b", "x_") == "template:a:{b}#b");
}
