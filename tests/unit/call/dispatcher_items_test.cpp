// SPDX-License-Identifier: Apache-2.0
// The dispatcher with resources, templates, prompts and completions: what reaches their plugin, and
// what their client hears otherwise.
#include "unit/call/item_stage.hpp"

using namespace toolpost;
using namespace toolpost::testing;

namespace {

const From kLegacy{.version = mcp::Version::k2025_11_25};
const From kDev{.principal = "ann", .role = "dev"};

struct Answer {
  std::string text;
  int status = 0;
};

// Of a request that never gets to the plugin.
Answer refusal(ItemStage& stage, const std::string& method, const std::string& params,
               const From& from = {}) {
  const auto client = std::make_shared<Client>();
  const std::size_t before = stage.backend.running.size();
  CHECK_FALSE(stage.request(client, method, params, from));
  CHECK(stage.backend.running.size() == before);
  return {client->text(), client->status};
}

std::string read_of(const std::string& uri) {
  return R"("uri":")" + uri + "\"";
}

std::string completion_of(const std::string& ref, const std::string& rest) {
  return R"("ref":)" + ref + "," + rest;
}

constexpr const char* kOfPrompt = R"({"type":"ref/prompt","name":"p"})";
constexpr const char* kOfTemplate = R"({"type":"ref/resource","uri":"t://{id}/{part}"})";

void use_rules(ItemStage& stage) {
  auto rules = policy::AccessRules::compile(
      {{"dev", {.resources = {"r://*", "t://open/*"}, .prompts = {"q"}}}});
  REQUIRE(rules.has_value());
  stage.access.use(std::make_shared<const policy::AccessRules>(std::move(*rules)), {});
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("dispatcher: a resource is read without arguments, a template with its variables") {
  ItemStage stage;
  auto client = std::make_shared<Client>();
  // What a client calls arguments here is none.
  const auto one =
      stage.request(client, "resources/read", R"("uri":"r://a","arguments":{"evil":1})");
  REQUIRE(one);
  CHECK(one->arguments == "{}");
  CHECK(one->subject == "r://a");
  stage.complete(one, {.status = TOOLPOST_OK,
                       .payload = R"({"contents":[{"uri":"r://a","text":"x"}],"ttlMs":5})"});
  CHECK(
      client->heard(R"("contents":[{"uri":"r://a","text":"x"}],"ttlMs":5,"cacheScope":"private")"));

  client = std::make_shared<Client>();
  const auto two =
      stage.request(client, "resources/read",
                    R"("uri":"t://a%20%22b%22/%C3%A4","arguments":{"id":"evil"})", kLegacy);
  REQUIRE(two);
  CHECK(two->subject == "t://a%20%22b%22/%C3%A4");
  CHECK(two->arguments == "{\"id\":\"a \\\"b\\\"\",\"part\":\"\xC3\xA4\"}");
  stage.complete(two, {.status = TOOLPOST_OK,
                       .payload = R"({"contents":[{"uri":"u","blob":{"$blob":0}}]})",
                       .blobs = {"foo"}});
  CHECK(client->text() ==
        R"({"jsonrpc":"2.0","id":7,"result":{"contents":[{"uri":"u","blob":"Zm9v"}]}})");
}

TEST_CASE("dispatcher: what is not there has the code of the revision and says its name") {
  ItemStage stage;
  const std::string missing = refusal(stage, "resources/read", read_of("r://b")).text;
  CHECK(missing ==
        R"({"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"Resource not found",)"
        R"("data":{"uri":"r://b"}}})");
  const std::string legacy = refusal(stage, "resources/read", read_of("r://b"), kLegacy).text;
  CHECK(has(legacy, R"("code":-32002,"message":"Resource not found","data":{"uri":"r://b"})"));
  CHECK(has(refusal(stage, "prompts/get", R"("name":"zzz")").text,
            R"("code":-32602,"message":"Unknown prompt: zzz")"));
  // Names of other kinds are no names of this one.
  CHECK(has(refusal(stage, "prompts/get", R"("name":"t")").text, "Unknown prompt: t"));
  CHECK(has(refusal(stage, "tools/call", R"("name":"p")").text, "Unknown tool: p"));
  CHECK(
      has(refusal(stage, "resources/read", read_of("t://{id}/{part}")).text, "Resource not found"));
  CHECK(has(refusal(stage, "completion/complete",
                    completion_of(R"({"type":"ref/prompt","name":"z"})",
                                  R"("argument":{"name":"x","value":""})"))
                .text,
            R"("code":-32602,"message":"Unknown ref: z")"));
  for (const char* params : {"", R"("uri":1)", R"("uri":null)", R"("name":"r://a")"}) {
    CAPTURE(params);
    CHECK(has(refusal(stage, "resources/read", params).text,
              R"("code":-32602,"message":"Invalid params: uri is required")"));
  }
}

TEST_CASE("dispatcher: a plugin that finds nothing says so in the host's words") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  stage.complete(
      stage.request(client, "resources/read", read_of("t://1/2")),
      {.status = TOOLPOST_E_NOT_FOUND, .payload = R"({"row":1})", .message = "no row 1"});
  CHECK(client->heard(R"("code":-32602,"message":"Resource not found","data":{"uri":"t://1/2"})"));
  const auto legacy = std::make_shared<Client>();
  stage.complete(stage.request(legacy, "resources/read", read_of("t://1/2"), kLegacy),
                 {.status = TOOLPOST_E_NOT_FOUND});
  CHECK(legacy->heard(R"("code":-32002)"));
  // A prompt that does not find something has an error of its own.
  const auto prompt = std::make_shared<Client>();
  stage.complete(stage.request(prompt, "prompts/get", R"("name":"p","arguments":{"x":"1"})"),
                 {.status = TOOLPOST_E_NOT_FOUND, .message = "no such file"});
  CHECK(prompt->heard(R"("code":-32602,"message":"no such file")"));
}

TEST_CASE("dispatcher: a prompt gets texts, and all that are required") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  const auto one =
      stage.request(client, "prompts/get", R"("name":"p","arguments":{"x":"","more":"1"})");
  REQUIRE(one);
  CHECK(one->arguments == R"({"x":"","more":"1"})");
  stage.complete(
      one, {.status = TOOLPOST_OK,
            .payload = R"({"messages":[{"role":"user","content":{"type":"text","text":"x"}}]})"});
  CHECK(client->heard(R"("messages":[{"role":"user","content":{"type":"text","text":"x"}}])"));
  const auto said = [&](const std::string& arguments) {
    const std::string text = refusal(stage, "prompts/get", R"("name":"p")" + arguments).text;
    CHECK(has(text, R"("code":-32602)"));
    return member_of(text, {"error", "message"});
  };
  CHECK(said("") == "Invalid params: arguments/x is required");
  CHECK(said(R"(,"arguments":{})") == "Invalid params: arguments/x is required");
  CHECK(said(R"(,"arguments":{"y":"1"})") == "Invalid params: arguments/x is required");
  CHECK(said(R"(,"arguments":{"x":1})") == "Invalid params: arguments/x must be text");
  CHECK(said(R"(,"arguments":{"x":"1","y":null})") == "Invalid params: arguments/y must be text");
  CHECK(said(R"(,"arguments":["x"])") == "Invalid params: arguments must be an object");
  CHECK(said(R"(,"arguments":null)") == "Invalid params: arguments must be an object");
}

TEST_CASE(
    "dispatcher: a completion gets its argument and context, and nothing that was put beside") {
  ItemStage stage;
  auto client = std::make_shared<Client>();
  auto one = stage.request(client, "completion/complete",
                           completion_of(kOfPrompt, R"("argument":{"name":"x","value":"v\"","z":1},
                             "arguments":{"evil":1})"));
  REQUIRE(one);
  CHECK(one->item->name == "prompt:p#x");
  CHECK(one->arguments == R"({"argument":{"name":"x","value":"v\""},"context":{"arguments":{}}})");
  stage.complete(one, {.status = TOOLPOST_OK, .payload = R"({"completion":{"values":["v1"]}})"});
  CHECK(client->heard(R"("completion":{"values":["v1"]})"));
  client = std::make_shared<Client>();
  one = stage.request(client, "completion/complete",
                      completion_of(kOfTemplate, R"("argument":{"name":"id","value":""},
                        "context":{"arguments":{"part":"a"},"evil":2})"),
                      kLegacy);
  REQUIRE(one);
  CHECK(one->arguments ==
        R"({"argument":{"name":"id","value":""},"context":{"arguments":{"part":"a"}}})");
}

TEST_CASE("dispatcher: where nobody completes there are no values, and no plugin is asked") {
  ItemStage stage;
  for (const std::string& params :
       {completion_of(kOfPrompt, R"("argument":{"name":"y","value":"v"})"),
        completion_of(kOfPrompt, R"("argument":{"name":"unknown","value":"v"})"),
        completion_of(kOfTemplate, R"("argument":{"name":"part","value":"v"})"),
        completion_of(R"({"type":"ref/resource","uri":"r://a"})",
                      R"("argument":{"name":"y","value":"v"})")}) {
    CAPTURE(params);
    CHECK(has(refusal(stage, "completion/complete", params).text,
              R"("completion":{"values":[],"total":0,"hasMore":false})"));
  }
  for (const std::string& params :
       {std::string{}, completion_of("[]", "\"a\":1"), completion_of(kOfPrompt, "\"a\":1"),
        completion_of(kOfPrompt, R"("argument":{"name":"x"})"),
        completion_of(kOfPrompt, R"("argument":{"name":"x","value":1})"),
        completion_of(kOfPrompt, R"("argument":{"name":"x","value":"v"},"context":[])"),
        completion_of(kOfPrompt,
                      R"("argument":{"name":"x","value":"v"},"context":{"arguments":[]})"),
        completion_of(R"({"type":"ref/tool","name":"t"})", R"("argument":{"name":"x","value":""})"),
        completion_of(R"({"type":"ref/prompt","uri":"p"})",
                      R"("argument":{"name":"x","value":""})")}) {
    CAPTURE(params);
    CHECK(has(refusal(stage, "completion/complete", params).text, R"("code":-32602)"));
  }
}

TEST_CASE("dispatcher: who may not read or prompt is told the rule in the error's data") {
  ItemStage stage;
  use_rules(stage);
  const std::string denied = refusal(stage, "prompts/get", R"("name":"p")", kDev).text;
  CHECK(denied == R"({"jsonrpc":"2.0","id":7,"error":{"code":40300,"message":)"
                  R"=("Denied: role \"dev\" may not use p (rule roles.dev.prompts)",)="
                  R"("data":{"rule":"roles.dev.prompts"}}})");
  CHECK(
      has(refusal(stage, "resources/read", read_of("t://closed/2"), kDev).text, R"("code":40300)"));
  CHECK(has(refusal(stage, "resources/read", read_of("t://closed/2"), kDev).text,
            R"("data":{"rule":"roles.dev.resources"})"));
  CHECK(stage.request(std::make_shared<Client>(), "resources/read", read_of("t://open/2"), kDev));
  CHECK(stage.request(std::make_shared<Client>(), "resources/read", read_of("r://a"), kDev));
  // A completion is what it completes; and where nobody completes, that is not told either.
  for (const char* argument : {"x", "y"}) {
    CHECK(has(refusal(stage, "completion/complete",
                      completion_of(kOfPrompt, R"("argument":{"name":")" + std::string{argument} +
                                                   R"(","value":""})"),
                      kDev)
                  .text,
              R"("data":{"rule":"roles.dev.prompts"})"));
  }
  CHECK(has(refusal(stage, "prompts/get", R"("name":"p")", {.principal = "", .role = ""}).text,
            R"("data":{"rule":"anonymous"})"));
  CHECK(has(refusal(stage, "tools/call", R"("name":"t")", kDev).text, R"("isError":true)"));
}

TEST_CASE("dispatcher: lists show what the caller may use, each in its own member") {
  ItemStage stage;
  use_rules(stage);
  const auto listed = [&](const char* method, const From& from) {
    return refusal(stage, method, "", from).text;
  };
  CHECK(has(listed("resources/list", kDev), R"("resources":[{"uri":"r://a","name":"a"}])"));
  CHECK(has(listed("resources/templates/list", kDev), R"("resourceTemplates":[])"));
  CHECK(has(listed("prompts/list", kDev), R"("prompts":[])"));
  CHECK(has(listed("resources/templates/list", {}),
            R"("resourceTemplates":[{"uriTemplate":"t://{id}/{part}","name":"n"}])"));
  CHECK(has(listed("prompts/list", kLegacy), R"("prompts":[{"name":"p","arguments":[)"));
  for (const char* method :
       {"tools/list", "resources/list", "resources/templates/list", "prompts/list"}) {
    CAPTURE(method);
    CHECK(has(listed(method, {}), R"("cacheScope":"private")"));
    CHECK_FALSE(has(listed(method, kLegacy), "cacheScope"));
    CHECK(has(refusal(stage, method, R"("cursor":"?")").text, R"("code":-32602)"));
    CHECK(has(refusal(stage, method, R"("cursor":1)").text, R"("code":-32602)"));
  }
}

TEST_CASE("dispatcher: a list of many pages shows everything once") {
  ItemStage stage;
  registry::Items items;
  for (int i = 0; i < 600; ++i) {
    const std::string uri = "n://" + std::to_string(i);
    registry::Item one{.kind = mcp::ItemKind::kResource, .name = uri, .key = uri, .plugin_id = "q"};
    one.definition = *mcp::read_definition(mcp::ItemKind::kResource,
                                           R"({"uri":")" + uri + R"(","name":"n"})", uri, "", {});
    items.push_back(std::make_shared<const registry::Item>(std::move(one)));
  }
  REQUIRE(stage.registry.publish(std::move(items)).has_value());
  std::size_t seen = 0;
  std::string cursor;
  for (int page = 0; page < 3; ++page) {
    const std::string text =
        refusal(stage, "resources/list", cursor.empty() ? "" : R"("cursor":")" + cursor + "\"")
            .text;
    const auto document = json::parse(text);
    REQUIRE(document.has_value());
    seen += document->root().find("result")->find("resources")->items().size();
    cursor = member_of(text, {"result", "nextCursor"});
    CHECK(cursor.empty() == (page == 2));
  }
  CHECK(seen == 601);
}

TEST_CASE("dispatcher: a client that lacks what an item needs is told so before the call") {
  ItemStage stage;
  const Answer modern = refusal(stage, "tools/call", R"("name":"wants")");
  CHECK(modern.status == 400);
  CHECK(has(modern.text, R"("code":-32021)"));
  CHECK(has(modern.text, R"("data":{"requiredCapabilities":{"sampling":{}}})"));
  const Answer legacy = refusal(stage, "tools/call", R"("name":"wants")", kLegacy);
  CHECK(legacy.status == 200);
  CHECK(has(legacy.text, R"("code":-32021)"));
  CHECK(has(legacy.text, "The client lacks a capability"));
  CHECK(stage.request(std::make_shared<Client>(), "tools/call", R"("name":"wants")",
                      {.features = TOOLPOST_CLIENT_SAMPLING}));
}

TEST_CASE("dispatcher: a result of the wrong shape is the plugin's fault, whatever the kind") {
  ItemStage stage;
  const auto answer = [&](const std::string& method, const std::string& params,
                          const std::string& payload) {
    const auto client = std::make_shared<Client>();
    stage.complete(stage.request(client, method, params),
                   {.status = TOOLPOST_OK, .payload = payload});
    return client->text();
  };
  const std::string complaint =
      R"("error":{"code":-32603,"message":"Internal error: the plugin gave an invalid result"})";
  for (const char* payload : {"", "{", "[]", "{}", R"({"contents":[]})", R"({"content":[]})"}) {
    CAPTURE(payload);
    CHECK(has(answer("resources/read", read_of("r://a"), payload), complaint));
    CHECK(has(answer("prompts/get", R"("name":"p","arguments":{"x":""})", payload), complaint));
    CHECK(has(answer("completion/complete",
                     completion_of(kOfPrompt, R"("argument":{"name":"x","value":""})"), payload),
              complaint));
  }
}
