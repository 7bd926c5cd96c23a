// SPDX-License-Identifier: Apache-2.0
// Content blocks, icons, annotations and the contents of resources as the JSON that MCP wants.
#include <toolpost/content.hpp>
#include <toolpost/contents.hpp>
#include <toolpost/result.hpp>
#include <toolpost/sampling.hpp>

#include <doctest/doctest.h>

namespace toolpost::sdk::test {

TEST_CASE("content: annotations, icons, _meta and any other member") {
  const Content link = Content::resource_link("file:///a", "a")
                           .set("description", "D")
                           .icon(Icon("https://example.com/i.png")
                                     .mime_type("image/png")
                                     .size("16x16")
                                     .size("32x32")
                                     .theme("dark"))
                           .icon(Icon("data:,"))
                           .meta("com.example/x", 1)
                           .meta("com.example/y", 2)
                           .annotations(Annotations()
                                            .audience({Role::kUser, Role::kAssistant})
                                            .priority(0.5)
                                            .last_modified("2026-01-12T15:00:58Z"));
  CHECK(link.json() == Json::parse(R"({
    "type": "resource_link", "uri": "file:///a", "name": "a", "description": "D",
    "icons": [{"src": "https://example.com/i.png", "mimeType": "image/png",
               "sizes": ["16x16", "32x32"], "theme": "dark"}, {"src": "data:,"}],
    "_meta": {"com.example/x": 1, "com.example/y": 2},
    "annotations": {"audience": ["user", "assistant"], "priority": 0.5,
                    "lastModified": "2026-01-12T15:00:58Z"}})"));
}

TEST_CASE("content: bytes go beside a result, and into a block that stands by itself") {
  const Content image = Content::image("\xFF\xD8", "image/jpeg");
  Result result;
  result.add_audio("a", "audio/wav").add(image);
  CHECK(result.blobs() == std::vector<std::string>{"a", "\xFF\xD8"});
  CHECK(Json::parse(result.payload())["content"].as_array().at(1) ==
        Json::parse(R"({"type":"image","data":{"$blob":1},"mimeType":"image/jpeg"})"));
  CHECK(image.json() == Json::parse(R"({"type":"image","data":"/9g=","mimeType":"image/jpeg"})"));
  CHECK(Content::resource_bytes("test://x", "").json() ==
        Json::parse(R"({"type":"resource","resource":{"uri":"test://x","blob":""}})"));
}

TEST_CASE("content: base64 of every length, as RFC 4648 has it") {
  const auto encoded = [](const char* bytes) {
    return Content::audio(bytes, "audio/wav").json()["data"].as_string();
  };
  CHECK(encoded("").empty());
  CHECK(encoded("f") == "Zg==");
  CHECK(encoded("fo") == "Zm8=");
  CHECK(encoded("foo") == "Zm9v");
  CHECK(encoded("foob") == "Zm9vYg==");
  CHECK(encoded("fooba") == "Zm9vYmE=");
  CHECK(encoded("foobar") == "Zm9vYmFy");
  CHECK(encoded("\xFB\xFF\xBF") == "+/+/");
}

TEST_CASE("contents: URI and type are those of the read unless they are given") {
  const Contents contents = Contents::text("one")
                                .add_bytes("\x01", "image/png", "test://other")
                                .meta("com.example/x", 1)
                                .add_text("three", "text/html");
  CHECK(Json::parse(contents.payload("test://asked", "text/plain")) == Json::parse(R"({"contents":[
    {"uri":"test://asked","mimeType":"text/plain","text":"one"},
    {"uri":"test://other","mimeType":"image/png","blob":{"$blob":0},"_meta":{"com.example/x":1}},
    {"uri":"test://asked","mimeType":"text/html","text":"three"}]})"));
  CHECK(contents.blobs() == std::vector<std::string>{"\x01"});
  CHECK(Contents::bytes("b").payload("u:", "") ==
        R"({"contents":[{"blob":{"$blob":0},"uri":"u:"}]})");
  CHECK_THROWS_AS(Contents().meta("k", 1), Error);
}

TEST_CASE("contents: hints for caches, and a failure instead") {
  const Json hinted = Json::parse(Contents::text("t")
                                      .fresh_for(std::chrono::seconds(2))
                                      .same_for_everybody()
                                      .payload("u:", ""));
  CHECK(hinted["ttlMs"] == Json(2000));
  CHECK(hinted["cacheScope"] == Json("public"));
  CHECK(Json::parse(Contents().same_for_everybody(false).payload("u:", ""))["cacheScope"] ==
        Json("private"));
  const Contents failure = Contents::failure(Status::kNotFound, "gone\n", -32000, Json(1));
  CHECK(failure.outcome().status() == Status::kNotFound);
  CHECK(failure.outcome().message() == "gone ");
  CHECK(failure.outcome().rpc_code() == -32000);
  CHECK(failure.payload("u:", "text/plain") == "1");
}

TEST_CASE("sampling: the parameters of sampling/createMessage") {
  const Sampling sampling = Sampling(100)
                                .user("Who?")
                                .assistant(Content::text("I."))
                                .user(Content::image("foo", "image/png"))
                                .system_prompt("Be brief.")
                                .temperature(0)
                                .stop_sequence("\n")
                                .stop_sequence(".")
                                .model_hint("small")
                                .model_hint("medium")
                                .cost_priority(1)
                                .speed_priority(0.5)
                                .intelligence_priority(0)
                                .set("includeContext", "none");
  CHECK(sampling.json() == Json::parse(R"({
    "maxTokens": 100, "systemPrompt": "Be brief.", "temperature": 0.0,
    "stopSequences": ["\n", "."], "includeContext": "none",
    "modelPreferences": {"hints": [{"name": "small"}, {"name": "medium"}],
                         "costPriority": 1.0, "speedPriority": 0.5, "intelligencePriority": 0.0},
    "messages": [
      {"role": "user", "content": {"type": "text", "text": "Who?"}},
      {"role": "assistant", "content": {"type": "text", "text": "I."}},
      {"role": "user", "content": {"type": "image", "data": "Zm9v", "mimeType": "image/png"}}]})"));
}

}  // namespace toolpost::sdk::test
