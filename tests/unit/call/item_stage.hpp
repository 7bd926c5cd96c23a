// SPDX-License-Identifier: Apache-2.0
// A dispatcher with one item of every kind, between a client that keeps what it hears and a plugin
// that does what the test says.
#pragma once

#include "call/dispatcher.hpp"
#include "call/legacy_session.hpp"
#include "json/parser.hpp"

#include <toolpost/plugin.h>

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace toolpost::testing {

struct FakeBackend final : call::Backend {
  void invoke(const std::shared_ptr<call::Call>& one) override { running.push_back(one); }

  void cancel(const std::shared_ptr<call::Call>& one) override { cancelled.push_back(one); }

  void interest(const std::string& uri, bool on) override {
    interests.push_back((on ? "+" : "-") + uri);
  }

  std::vector<std::shared_ptr<call::Call>> running;
  std::vector<std::shared_ptr<call::Call>> cancelled;
  std::vector<std::string> interests;
};

struct Client final : call::Responder {
  void notify(std::string message) override {
    CHECK(answers.empty());
    notes.push_back(std::move(message));
    if (on_notify) on_notify();
  }

  bool deliver(std::string message) override {
    if (!keeps_up) return false;
    notes.push_back(std::move(message));
    return true;
  }

  bool can_stream() const override { return streams; }

  bool ask(std::string request) override {
    CHECK(answers.empty());
    asked.push_back(std::move(request));
    if (on_ask) on_ask();
    return can_be_asked;
  }

  void answer(mcp::Answer answer) override {
    status = answer.http_status;
    answers.push_back(std::move(answer.json));
  }

  // The one answer; empty while there is none.
  std::string text() const {
    CHECK(answers.size() <= 1);
    return answers.empty() ? "" : answers.front();
  }

  bool heard(std::string_view part) const { return text().find(part) != std::string::npos; }

  std::vector<std::string> notes;
  std::vector<std::string> asked;
  std::vector<std::string> answers;
  std::function<void()> on_notify;
  std::function<void()> on_ask;
  bool can_be_asked = true;
  bool keeps_up = true;
  bool streams = true;
  int status = 0;
};

// Who asks, and how.
struct From {
  mcp::Version version = mcp::Version::k2026_07_28;
  std::string principal = "root";
  std::string role = "admin";
  std::uint32_t features = 0;
  std::shared_ptr<call::LegacySession> session{};
  std::string client = "{}";  // ClientFacts::json
};

inline std::shared_ptr<call::LegacySession> open_session(std::string_view version = "2025-11-25") {
  json::Parser parser;
  auto parsed = mcp::Message::parse(
      R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":")" +
          std::string{version} + R"("}})",
      parser, {});
  auto session = call::LegacySession::open(*std::get<0>(parsed));
  session->is_initialized = true;
  return session;
}

class ItemStage {
 public:
  static constexpr std::uint32_t kAllFeatures = TOOLPOST_CLIENT_ELICIT_FORM |
                                                TOOLPOST_CLIENT_ELICIT_URL |
                                                TOOLPOST_CLIENT_SAMPLING | TOOLPOST_CLIENT_ROOTS;

  explicit ItemStage(call::LaneLimits limits = {}) {
    const std::size_t lane = dispatcher.add_lane("test.plugin", backend, limits);
    const auto item = [&](mcp::ItemKind kind, const std::string& key,
                          const std::string& definition) {
      auto read = mcp::read_definition(kind, definition, key, "", {.read_only = true});
      REQUIRE(read.has_value());
      registry::Item one{
          .kind = kind, .name = key, .key = key, .plugin_id = "test.plugin", .lane = lane};
      one.traits = {.read_only = true};
      one.trusted = true;
      one.definition = std::move(*read);
      return one;
    };
    using Kind = mcp::ItemKind;
    std::vector<registry::Item> all;
    all.push_back(item(Kind::kTool, "t", R"({"name":"t","inputSchema":{"type":"object"}})"));
    all.push_back(
        item(Kind::kTool, "wants", R"({"name":"wants","inputSchema":{"type":"object"}})"));
    all.back().client_features = TOOLPOST_CLIENT_SAMPLING;
    all.push_back(
        item(Kind::kTool, "touch", R"({"name":"touch","inputSchema":{"type":"object"}})"));
    all.back().traits = {};  // it has effects
    all.push_back(item(Kind::kResource, "r://a", R"({"uri":"r://a","name":"a"})"));
    all.push_back(item(Kind::kTemplate, "t://{id}/{part}",
                       R"({"uriTemplate":"t://{id}/{part}","name":"n"})"));
    all.push_back(item(Kind::kPrompt, "p", R"({"name":"p","arguments":[
        {"name":"x","required":true},{"name":"y"}]})"));
    all.push_back(item(Kind::kCompletion, "prompt:p#x", ""));
    all.push_back(item(Kind::kCompletion, "template:t://{id}/{part}#id", ""));
    registry::Items items;
    for (auto& one : all) items.push_back(std::make_shared<const registry::Item>(std::move(one)));
    REQUIRE(registry.publish(std::move(items)).has_value());
    dispatcher.set_server_info(mcp::make_server_info("n", "t", "1", ""));
    dispatcher.use(*identity::SealKeys::make_passing());
  }

  // `params` without the braces.
  std::shared_ptr<call::Call> request(const std::shared_ptr<Client>& client,
                                      const std::string& method, const std::string& params,
                                      const From& from = {}) {
    json::Parser parser;
    auto parsed = mcp::Message::parse(
        R"({"jsonrpc":"2.0","id":7,"method":")" + method + R"(","params":{)" + params + "}}",
        parser, {});
    REQUIRE(parsed.index() == 0);
    return dispatcher.dispatch(
        {.message = std::move(std::get<0>(parsed)),
         .version = from.session ? from.session->version() : from.version,
         .principal = {.name = from.principal, .role = from.role, .key_id = ""},
         .client = {from.client, from.features},
         .responder = client,
         .session = from.session});
  }

  void complete(const std::shared_ptr<call::Call>& one, call::Outcome outcome) {
    dispatcher.completed(one, std::move(outcome));
    leave(one);
  }

  // The plugin's on_call returns.
  void leave(const std::shared_ptr<call::Call>& one) {
    if (one->slot.leave_frame()) dispatcher.frame_left(one);
    poll();
  }

  void poll() {
    io.restart();
    io.poll();
  }

  // The call that the plugin was given last.
  const std::shared_ptr<call::Call>& last() const {
    REQUIRE_FALSE(backend.running.empty());
    return backend.running.back();
  }

  bool respond(const std::shared_ptr<call::LegacySession>& session, const std::string& id,
               const std::string& rest) {
    json::Parser parser;
    auto parsed =
        mcp::Message::parse(R"({"jsonrpc":"2.0","id":)" + id + "," + rest + "}", parser, {});
    REQUIRE(parsed.index() == 0);
    const bool taken = dispatcher.client_answered(session, *std::get<0>(parsed));
    poll();
    return taken;
  }

  boost::asio::io_context io{1};
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  registry::Registry registry;
  FakeBackend backend;
  call::Access access;
  call::Dispatcher dispatcher{io, registry, access, *log};
};

inline call::Outcome text_result() {
  return {.status = TOOLPOST_OK,
          .kind = TOOLPOST_OUTCOME_COMPLETE,
          .payload = R"({"content":[{"type":"text","text":"done"}]})"};
}

// `requests` is the map.
inline call::Outcome asks(std::string requests, std::string resume_state = "kept") {
  return {.status = TOOLPOST_OK,
          .kind = TOOLPOST_OUTCOME_INPUT_REQUIRED,
          .payload = std::move(requests),
          .resume_state = std::move(resume_state)};
}

inline constexpr const char* kAskName =
    R"({"name":{"method":"elicitation/create","params":{"message":"Name?","requestedSchema":)"
    R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}}}})";

// A member of a result or request; empty where there is none.
inline std::string member_of(std::string_view text, std::initializer_list<std::string_view> path) {
  const auto document = json::parse(text, {.depth = 256, .members = 100'000});
  REQUIRE(document.has_value());
  const json::Value* value = &document->root();
  for (const std::string_view name : path) {
    value = value->find(name);
    if (value == nullptr) return {};
  }
  return value->is_string() ? std::string{value->as_string()} : std::string{"no text"};
}

}  // namespace toolpost::testing
