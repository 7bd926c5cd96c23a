// SPDX-License-Identifier: Apache-2.0
// What plugins give for resources, prompts and completions, as each revision gets it.
#include "mcp/item_results.hpp"

#include "json/parser.hpp"
#include "mcp/log_level.hpp"
#include "mcp/result_text.hpp"
#include "mcp/tool_result.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace toolpost;
using mcp::Version;

namespace {

using Render = Result<std::string>(std::string_view, const json::Value&, Version, std::string_view);

std::string render(Render& renderer, const std::string& payload, Version version) {
  const auto document = json::parse(payload);
  REQUIRE(document.has_value());
  auto text = renderer(payload, document->root(), version, R"({"name":"s"})");
  if (!text) return "refused: " + text.error().message();
  CHECK(json::parse(*text).has_value());
  CHECK(text->find('\n') == std::string::npos);
  return *text;
}

Result<std::string> render_shared(std::string_view payload, const json::Value& result,
                                  Version version, std::string_view info) {
  return mcp::render_read_result(payload, result, {.may_share = true}, version, info);
}

std::string read(const std::string& payload, Version version = Version::k2026_07_28) {
  return render(render_shared, payload, version);
}

std::string prompt(const std::string& payload, Version version = Version::k2026_07_28) {
  return render(mcp::render_prompt_result, payload, version);
}

std::string completion(const std::string& payload, Version version = Version::k2026_07_28) {
  return render(mcp::render_completion_result, payload, version);
}

std::string values(std::size_t count) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) {
    text.append(i == 0 ? "\"v" : ",\"v").append(std::to_string(i)).append("\"");
  }
  return text + "]";
}

// As a message of the role "user".
std::string message(const std::string& content) {
  return R"({"messages":[{"role":"user","content":)" + content + "}]}";
}

std::string replaced(const std::string& payload, std::span<const std::string> blobs) {
  const auto document = json::parse(payload);
  REQUIRE(document.has_value());
  auto text = mcp::substitute_blobs(payload, document->root(), blobs);
  return text ? *text : "refused: " + text.error().message();
}

// The members of a result as a modern client gets them.
std::string modern(const std::string& members) {
  std::string text = R"({"resultType":"complete",)";
  text.append(members).append(R"(,"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}})");
  return text;
}

constexpr std::array kLegacy = {Version::k2025_03_26, Version::k2025_06_18, Version::k2025_11_25};

}  // namespace

TEST_CASE("read result: modern clients are told how long it may be kept, older ones are not") {
  const std::string plain = R"({"contents":[{"uri":"a:b","text":"x"}]})";
  CHECK(read(plain) ==
        modern(R"("contents":[{"uri":"a:b","text":"x"}],"ttlMs":0,"cacheScope":"private")"));
  const std::string kept =
      R"({"ttlMs":5000,"cacheScope":"public","contents":[{"uri":"a:b","blob":"eA=="}]})";
  CHECK(read(kept).find(R"("ttlMs":5000,"cacheScope":"public")") != std::string::npos);
  const auto under = [&](const mcp::CacheRules& rules) {
    const auto document = json::parse(std::string_view{kept});
    return *mcp::render_read_result(kept, document->root(), rules, Version::k2026_07_28, "{}");
  };
  CHECK(under({}).find(R"("ttlMs":5000,"cacheScope":"private")") != std::string::npos);
  CHECK(under({.may_keep = false, .may_share = true}).find(R"("ttlMs":0,"cacheScope":"private")") !=
        std::string::npos);
  for (const Version version : kLegacy) {
    CAPTURE(mcp::to_string(version));
    CHECK(read(kept, version) == R"({"contents":[{"uri":"a:b","blob":"eA=="}]})");
  }
  CHECK(read(R"({"ttlMs":5000,"contents":[{"uri":"a:b","text":""}]})")
            .find(R"("ttlMs":5000,"cacheScope":"private")") != std::string::npos);
}

TEST_CASE("read result: what is no reading is refused with its place") {
  for (const char* payload :
       {"[]", "{}", R"({"contents":{}})", R"({"contents":[]})", R"({"contents":[1]})",
        R"({"contents":[{"text":"x"}]})", R"({"contents":[{"uri":1,"text":"x"}]})",
        R"({"contents":[{"uri":"a:b"}]})", R"({"contents":[{"uri":"a:b","text":1}]})",
        R"({"contents":[{"uri":"a:b","text":"x","blob":"eA=="}]})",
        R"({"contents":[{"uri":"a:b","text":"x"}],"ttlMs":-1})",
        R"({"contents":[{"uri":"a:b","text":"x"}],"ttlMs":1.5})",
        R"({"contents":[{"uri":"a:b","text":"x"}],"ttlMs":"1"})",
        R"({"contents":[{"uri":"a:b","text":"x"}],"cacheScope":"shared"})",
        R"({"contents":[{"uri":"a:b","text":"x"}],"cacheScope":null})",
        R"({"contents":[{"uri":"a:b","text":"x"}],"_meta":[]})"}) {
    CAPTURE(payload);
    CHECK(read(payload).starts_with("refused: result: "));
    CHECK(read(payload, Version::k2025_06_18).starts_with("refused: result: "));
  }
  CHECK(read(R"({"contents":[{"uri":"a:b","text":"x"},{"uri":"a:b"}]})") ==
        "refused: result: contents/1 must have either text or blob");
}

TEST_CASE("prompt result: roles and contents, and nothing else of a message") {
  const std::string payload =
      R"({"description":"d","extra":1,"messages":[)"
      R"({"role":"user","content":{"type":"text","text":"a"},"id":7},)"
      R"({"content":{"type":"audio","data":"eA==","mimeType":"audio/wav"},"role":"assistant"}]})";
  const std::string messages =
      R"("description":"d","messages":[{"role":"user","content":{"type":"text","text":"a"}},)"
      R"({"role":"assistant","content":{"type":"audio","data":"eA==","mimeType":"audio/wav"}}])";
  CHECK(prompt(payload) == modern(messages));
  for (const Version version : kLegacy) CHECK(prompt(payload, version) == "{" + messages + "}");
  CHECK(prompt(R"({"messages":[]})", Version::k2025_11_25) == R"({"messages":[]})");
}

TEST_CASE("prompt result: what is no prompt is refused with its place") {
  for (const char* payload :
       {"[]", "{}", R"({"messages":{}})", R"({"messages":[1]})",
        R"({"messages":[{"content":{"type":"text","text":"a"}}]})",
        R"({"messages":[{"role":"system","content":{"type":"text","text":"a"}}]})",
        R"({"messages":[{"role":"user"}]})", R"({"messages":[{"role":"user","content":"a"}]})",
        R"({"messages":[],"_meta":1})", R"({"messages":[],"description":1})"}) {
    CAPTURE(payload);
    CHECK(prompt(payload).starts_with("refused: result: "));
  }
  CHECK(prompt(message(R"({"type":"text"})")) == "refused: result: messages/0/content lacks text");
  CHECK(prompt(message(R"({"type":"image","data":"eA=="})")) ==
        "refused: result: messages/0/content lacks mimeType");
  CHECK(prompt(message(R"({"type":"resource","resource":{"uri":"a:b"}})")) ==
        "refused: result: messages/0/content lacks resource.text or blob");
  CHECK(prompt(message(R"({"text":"a"})")) == "refused: result: messages/0/content lacks type");
}

TEST_CASE("result blocks: a revision gets what it knows of a resource link") {
  const std::string link = message(
      R"({"type":"resource_link","uri":"a:b","name":"n","title":"T","icons":[{"src":"x"}]})");
  CHECK(prompt(link, Version::k2025_11_25).find("icons") != std::string::npos);
  const std::string second = prompt(link, Version::k2025_06_18);
  CHECK(second.find(R"("title":"T")") != std::string::npos);
  CHECK(second.find("icons") == std::string::npos);
  CHECK(prompt(link, Version::k2025_03_26) ==
        R"({"messages":[{"role":"user","content":{"type":"text","text":"a:b"}}]})");
}

TEST_CASE("completion result: no more than a hundred values, and it says that there are more") {
  CHECK(completion(R"({"completion":{"values":["a","b"]}})") ==
        modern(R"("completion":{"values":["a","b"]})"));
  CHECK(completion(R"({"completion":{"values":[],"total":5,"hasMore":true}})",
                   Version::k2025_03_26) ==
        R"({"completion":{"values":[],"total":5,"hasMore":true}})");
  const auto cut = [](std::size_t count, const std::string& rest) {
    return completion(R"({"completion":{"values":)" + values(count) + rest + "}}",
                      Version::k2025_11_25);
  };
  CHECK(cut(100, "") == R"({"completion":{"values":)" + values(100) + "}}");
  CHECK(cut(101, "") ==
        R"({"completion":{"values":)" + values(100) + R"(,"total":101,"hasMore":true}})");
  CHECK(cut(150, R"(,"total":9000,"hasMore":false)") ==
        R"({"completion":{"values":)" + values(100) + R"(,"total":9000,"hasMore":true}})");
}

TEST_CASE("completion result: what is none is refused") {
  for (const char* payload :
       {"[]", "{}", R"({"completion":[]})", R"({"completion":{}})", R"({"values":[]})",
        R"({"completion":{"values":"a"}})", R"({"completion":{"values":["a",1]}})",
        R"({"completion":{"values":[],"total":-1}})", R"({"completion":{"values":[],"total":1.5}})",
        R"({"completion":{"values":[],"hasMore":"yes"}})"}) {
    CAPTURE(payload);
    CHECK(completion(payload).starts_with("refused: result: "));
  }
}

TEST_CASE("completion result: nobody completes it") {
  CHECK(mcp::no_completion(Version::k2025_11_25, "{}") ==
        R"({"completion":{"values":[],"total":0,"hasMore":false}})");
  CHECK(mcp::no_completion(Version::k2026_07_28, R"({"name":"s"})") ==
        modern(R"("completion":{"values":[],"total":0,"hasMore":false})"));
}

TEST_CASE("result meta: reserved keys are the protocol's, in every way to write them") {
  const std::string contents = R"("contents":[{"uri":"a:b","text":"x"}])";
  for (const char* key : {"io.modelcontextprotocol/x", "dev.mcp/x", "com.mcp.tools/x",
                          "io.modelcontextprotocol\\u002fserverInfo", "a.mcp/"}) {
    CAPTURE(key);
    const std::string meta = std::string{R"(,"_meta":{")"}.append(key).append(R"(":1,"mine":2})");
    const std::string text = std::string{"{"}.append(contents).append(meta).append("}");
    CHECK(read(text, Version::k2025_11_25) ==
          std::string{"{"}.append(contents).append(R"(,"_meta":{"mine":2}})"));
    CHECK(read(text).ends_with(
        R"("_meta":{"mine":2,"io.modelcontextprotocol/serverInfo":{"name":"s"}}})"));
  }
  for (const char* key : {"mcp/x", "a.mcpx/x", "a.b.mcp/x", "modelcontextprotocol", "a.mcp"}) {
    CAPTURE(key);
    const std::string all = "{" + contents + R"(,"_meta":{")" + std::string{key} + R"(":1}})";
    CHECK(read(all, Version::k2025_11_25) == all);
  }
}

TEST_CASE("result meta: reserved keys go from contents and content blocks, too") {
  const std::string meta = R"("_meta":{"io.modelcontextprotocol/x":{"a":1},"mine":2})";
  const std::string kept = R"("_meta":{"mine":2})";
  CHECK(read(R"({"contents":[{"uri":"a:b","text":"x"},{"uri":"a:c",)" + meta + R"(,"text":"y"}]})",
             Version::k2025_11_25) ==
        R"({"contents":[{"uri":"a:b","text":"x"},{"uri":"a:c",)" + kept + R"(,"text":"y"}]})");
  CHECK(read(R"({"contents":[{"uri":"a:b","text":"x","_meta":[]}]})", Version::k2025_11_25) ==
        "refused: result: contents/0/_meta must be an object");
  const auto tool = [](const std::string& block) {
    const std::string payload = R"({"content":[)" + block + "]}";
    const auto document = json::parse(payload);
    REQUIRE(document.has_value());
    const auto text =
        mcp::render_tool_result(payload, document->root(), true, Version::k2025_11_25, "{}");
    return text ? *text : "error: " + text.error().message();
  };
  CHECK(tool(R"({"type":"text","text":"x",)" + meta + "}") ==
        R"({"content":[{"type":"text","text":"x",)" + kept + "}]}");
  CHECK(tool(R"({"type":"resource","resource":{"uri":"u","text":"t",)" + meta + "}}") ==
        R"({"content":[{"type":"resource","resource":{"uri":"u","text":"t",)" + kept + "}}]}");
  CHECK(tool(R"({"type":"text","text":"x","_meta":1})") ==
        "error: result: content/0 lacks an object in _meta");
}

TEST_CASE("blobs: bytes become base64 in contents and in messages") {
  const std::array<std::string, 2> blobs = {"foo", std::string{"\0\xff", 2}};
  CHECK(replaced(R"({"contents":[{"uri":"a:b","blob":{"$blob":1}}],"ttlMs":1})", blobs) ==
        R"({"contents":[{"uri":"a:b","blob":"AP8="}],"ttlMs":1})");
  CHECK(replaced(message(R"({"type":"image","data":{"$blob":0},"mimeType":"m"})"), blobs) ==
        message(R"({"type":"image","data":"Zm9v","mimeType":"m"})"));
  CHECK(replaced(message(R"({"type":"resource","resource":{"uri":"u","blob":{"$blob":0}}})"),
                 blobs) == message(R"({"type":"resource","resource":{"uri":"u","blob":"Zm9v"}})"));
}

TEST_CASE("blobs: only where MCP has binary data, each that exists, and each once") {
  const std::array<std::string, 2> blobs = {"foo", "bar"};
  // A plugin's own data may look the same.
  for (const char* payload :
       {R"({"contents":[{"uri":"a:b","text":{"$blob":0}}]})",
        R"({"contents":[{"uri":"a:b","blob":{"$blob":0,"x":1}}]})",
        R"({"structuredContent":{"data":{"$blob":0}}})", R"({"contents":{"blob":{"$blob":0}}})",
        R"({"messages":[{"role":"user","data":{"$blob":0}}]})"}) {
    CAPTURE(payload);
    CHECK(replaced(payload, blobs) == payload);
  }
  for (const char* number : {"2", "-1", "\"0\"", "0.0", "18446744073709551615", "null"}) {
    CAPTURE(number);
    CHECK(replaced(R"({"contents":[{"blob":{"$blob":)" + std::string{number} + "}}]}", blobs) ==
          "refused: result: $blob names a blob that was not given");
  }
  CHECK(replaced(R"({"contents":[{"blob":{"$blob":0}},{"blob":{"$blob":0}}]})", blobs) ==
        "refused: result: $blob names the same blob twice");
  CHECK(replaced(R"({"contents":[7]})", blobs) ==
        "refused: result: contents holds something that is no object");
}

TEST_CASE("log levels: eight names, and a notification whose data is the text") {
  constexpr std::array<std::string_view, 8> kNames = {"debug", "info",     "notice", "warning",
                                                      "error", "critical", "alert",  "emergency"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    CAPTURE(kNames[i]);
    const auto level = mcp::parse_log_level(kNames[i]);
    REQUIRE(level.has_value());
    CHECK(static_cast<std::size_t>(*level) == i);
    CHECK(mcp::to_string(*level) == kNames[i]);
  }
  for (const char* name : {"", "Debug", "warn", "fatal", "info ", "trace"}) {
    CAPTURE(name);
    CHECK_FALSE(mcp::parse_log_level(name).has_value());
  }
  CHECK(mcp::log_notification(mcp::LogLevel::kWarning, "org.x", "a\n\"b\"") ==
        R"({"jsonrpc":"2.0","method":"notifications/message",)"
        R"("params":{"level":"warning","logger":"org.x","data":"a\n\"b\""}})");
}
