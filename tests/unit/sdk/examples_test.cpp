// SPDX-License-Identifier: Apache-2.0
// The example plugins as they are built, driven through their one exported symbol.
#include "fake_host.hpp"

#include <doctest/doctest.h>

#include <dlfcn.h>
#include <string>

namespace toolpost::sdk::test {
namespace {

const toolpost_entry& load(const std::string& name) {
  const std::string path = std::string(TOOLPOST_PLUGIN_DIR) + "/" + name + ".so";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  REQUIRE_MESSAGE(library != nullptr, path);
  void* symbol = dlsym(library, "toolpost_entry_v1");
  REQUIRE(symbol != nullptr);
  return *reinterpret_cast<decltype(&toolpost_entry_v1)>(symbol)();
}

struct Running : FakeHost {
  explicit Running(const std::string& name) {
    REQUIRE(create(load(name)) == TOOLPOST_OK);
    REQUIRE(start() == TOOLPOST_OK);
  }
};

FakeRequest count(int from, int interval_ms) {
  FakeRequest request;
  request.arguments = Json::object({{"from", from}, {"interval_ms", interval_ms}}).dump();
  return request;
}

}  // namespace

TEST_CASE("echo: the text comes back, whatever it holds") {
  Running host("echo");
  CHECK_NOTHROW(Json::parse(host.definition("echo")));
  for (const std::string& text :
       {std::string(), std::string("plain"), std::string("\"quoted\\\" {}[]:,"),
        std::string("line\nbreak\ttab\0nul", 18), std::string("\u00e9\U0001F600"),
        std::string(100000, 'x')}) {
    FakeRequest request;
    request.arguments = Json::object({{"text", text}}).dump();
    const Completion completion = host.wait(host.call("echo", request));
    CHECK(completion.status == TOOLPOST_OK);
    CHECK(completion.json()["structuredContent"]["text"].as_string() == text);
    CHECK(completion.json()["content"].as_array().at(0)["text"].as_string() == text);
  }
}

TEST_CASE("echo: spaces, an escaped key, and arguments that hold no text") {
  Running host("echo");
  const auto outcome_of = [&](const char* arguments) {
    FakeRequest request;
    request.arguments = arguments;
    return host.wait(host.call("echo", request));
  };
  CHECK(outcome_of(" { \"text\" : \"a\" } ").json()["structuredContent"]["text"] == Json("a"));
  CHECK(outcome_of("{\"te\\u0078t\":\"b\"}").json()["structuredContent"]["text"] == Json("b"));
  CHECK(outcome_of("{}").status == TOOLPOST_E_INVALID);
  CHECK(outcome_of("{\"text").status == TOOLPOST_E_INVALID);
  CHECK(outcome_of("{\"text\":\"\\").status == TOOLPOST_E_INVALID);
}

TEST_CASE("countdown: counts, reports and answers from its own thread") {
  Running host("countdown");
  const Completion completion = host.wait(host.call("countdown", count(3, 1)));
  CHECK(completion.json()["structuredContent"]["steps"].as_integer() == 3);
  CHECK(host.progress() == std::vector<std::string>{"1/3 2", "2/3 1", "3/3 0"});
}

TEST_CASE("countdown: many at once, and a cancelled one ends at once") {
  Running host("countdown");
  const toolpost_call_id slow = host.call("countdown", count(100, 1000));
  const toolpost_call_id first = host.call("countdown", count(2, 1));
  const toolpost_call_id second = host.call("countdown", count(2, 1));
  CHECK(host.wait(first).status == TOOLPOST_OK);
  CHECK(host.wait(second).status == TOOLPOST_OK);
  host.cancel("countdown", slow);
  CHECK(host.wait(slow).status == TOOLPOST_E_CANCELLED);
}

TEST_CASE("countdown: stop completes what is running") {
  Running host("countdown");
  const toolpost_call_id id = host.call("countdown", count(100, 1000));
  host.stop();
  CHECK(host.wait(id).status == TOOLPOST_E_UNAVAILABLE);
}

TEST_CASE("notes: written, read, suggested, and told of") {
  Running host("notes");
  const auto write = [&](const char* name, const char* text) {
    FakeRequest request;
    request.arguments = Json::object({{"name", name}, {"text", text}}).dump();
    CHECK(host.wait(host.call("write_note", request)).status == TOOLPOST_OK);
  };
  const auto read = [&](const std::string& name) {
    FakeRequest request;
    request.item = "notes://note/{name}";
    request.arguments = Json::object({{"name", name}}).dump();
    return host.wait(host.call("notes://note/" + name, request));
  };
  CHECK(read("milk").status == TOOLPOST_E_NOT_FOUND);
  write("milk", "Two bottles.");
  write("milk", "Three bottles.");
  write("bread", "One.");
  CHECK(read("milk").json() ==
        Json::parse(R"({"contents":[{"uri":"notes://note/milk","mimeType":"text/plain",
                        "text":"Three bottles."}]})"));
  CHECK(host.updates() == std::vector<std::string>{"notes://note/milk", "notes://count",
                                                   "notes://note/milk", "notes://note/bread",
                                                   "notes://count"});
  FakeRequest typed;
  typed.arguments = R"({"argument":{"name":"name","value":"m"},"context":{"arguments":{}}})";
  CHECK(host.wait(host.call("template:notes://note/{name}#name", typed)).payload ==
        R"({"completion":{"values":["milk"]}})");
  CHECK(host.wait(host.call("notes://count")).json()["contents"].as_array().at(0)["text"] ==
        Json("2"));
}

TEST_CASE("review: the prompt holds what was given") {
  Running host("review");
  FakeRequest request;
  request.arguments = R"({"path":"/src/a.c","focus":"speed"})";
  const Json result = host.wait(host.call("review", request)).json();
  CHECK(result["messages"].as_array().at(0)["content"]["uri"] == Json("file:///src/a.c"));
  CHECK(result["messages"].as_array().at(1)["content"]["text"] ==
        Json("Please review this file for speed."));
  FakeRequest typed;
  typed.arguments = R"({"argument":{"name":"focus","value":"c"},"context":{"arguments":{}}})";
  CHECK(host.wait(host.call("prompt:review#focus", typed)).payload ==
        R"({"completion":{"values":["correctness","clarity"]}})");
}

TEST_CASE("booking: asks, and books what the form says with what the state says") {
  Running host("booking");
  CHECK(host.item("book_table").client_features == TOOLPOST_CLIENT_ELICIT_FORM);
  FakeRequest request;
  request.arguments = R"({"day":"2026-12-24"})";
  const Completion question = host.wait(host.call("book_table", request));
  REQUIRE(question.kind == TOOLPOST_OUTCOME_INPUT_REQUIRED);
  CHECK(question.json()["details"]["params"]["message"] == Json("A table on 2026-12-24:"));
  request.round = 1;
  request.resume_state = question.resume_state;
  request.input_responses =
      R"({"details":{"action":"accept","content":{"guests":3,"seat":"out"}}})";
  CHECK(host.wait(host.call("book_table", request)).json()["content"].as_array().at(0)["text"] ==
        Json("Booked by offer 17: 3 guests, outside."));
  request.input_responses = R"({"details":{"action":"cancel"}})";
  CHECK(host.wait(host.call("book_table", request)).json()["content"].as_array().at(0)["text"] ==
        Json("Nothing was booked."));
}

}  // namespace toolpost::sdk::test
