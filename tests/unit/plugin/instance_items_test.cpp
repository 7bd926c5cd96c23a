// SPDX-License-Identifier: Apache-2.0
// What a plugin gets to see of a call of each kind, and where the log messages that it writes for a
// call go. The plugin is a few functions of this file that keep the call open until the test ends
// it.
#include "json/parser.hpp"
#include "plugin/instance.hpp"

#include <doctest/doctest.h>

#include <map>
#include <thread>

using namespace toolpost;
using namespace std::chrono_literals;

namespace {

template <class Condition>
void wait_until(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!condition()) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::yield();
  }
}

struct Ledger final : call::HostServices {
  void completed(std::shared_ptr<call::Call>, call::Outcome given) override {
    outcome = std::move(given);
  }

  void progressed(std::shared_ptr<call::Call>) override {}

  void resource_updated(std::string_view, std::string_view) override {}

  void frame_left(std::shared_ptr<call::Call>) override {}

  void noted(std::shared_ptr<call::Call>) override { ++notes; }

  call::Outcome outcome;
  int notes = 0;
};

std::string copy(const toolpost_str& text) {
  return {text.data, text.size};
}

// The plugin, as its C functions see it.
struct Guest {
  const toolpost_host* host = nullptr;
  toolpost_ctx* ctx = nullptr;
  toolpost_plugin table{};
  std::map<std::string, std::string> seen;  // of the last request
  std::atomic<int> calls = 0;
};

Guest* guest = nullptr;

void on_call(void*, toolpost_call_id, const toolpost_request* request) noexcept {
  guest->seen = {
      {"kind", std::to_string(request->kind)},
      {"key", copy(request->key)},
      {"arguments", copy(request->arguments)},
      {"responses", copy(request->input_responses)},
      {"state",
       {reinterpret_cast<const char*>(request->resume_state.data), request->resume_state.size}},
      {"round", std::to_string(request->round)},
      {"features", std::to_string(request->client_features)}};
  ++guest->calls;
}

toolpost_str str(std::string_view text) {
  return {text.data(), text.size()};
}

toolpost_status add(toolpost_kind kind, std::string_view key, std::string_view definition) {
  toolpost_item item{};
  item.struct_size = sizeof item;
  item.kind = kind;
  item.key = str(key);
  item.definition = str(definition);
  item.on_call = on_call;
  return guest->host->add(guest->ctx, &item);
}

toolpost_status start(void*) noexcept {
  const bool added =
      add(TOOLPOST_KIND_TOOL, "t", R"({"name":"t","inputSchema":{"type":"object"}})") ==
          TOOLPOST_OK &&
      add(TOOLPOST_KIND_RESOURCE, "r://a", R"({"uri":"r://a","name":"a"})") == TOOLPOST_OK &&
      add(TOOLPOST_KIND_RESOURCE_TEMPLATE, "t://{id}",
          R"({"uriTemplate":"t://{id}","name":"n"})") == TOOLPOST_OK &&
      add(TOOLPOST_KIND_PROMPT, "p", R"({"name":"p"})") == TOOLPOST_OK &&
      add(TOOLPOST_KIND_COMPLETION, "prompt:p#x", "") == TOOLPOST_OK;
  return added ? TOOLPOST_OK : TOOLPOST_E_INTERNAL;
}

toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx, const toolpost_create_args*,
                       const toolpost_plugin** out) noexcept {
  guest->host = host;
  guest->ctx = ctx;
  guest->table = {.struct_size = sizeof(toolpost_plugin),
                  .flags = 0,
                  .self = nullptr,
                  .start = start,
                  .stop = [](void*) noexcept {},
                  .destroy = [](void*) noexcept {},
                  .get_extension = nullptr};
  *out = &guest->table;
  return TOOLPOST_OK;
}

class Stage {
 public:
  Stage()
      : log_(*Log::open({.level = LogLevel::kFatal})),
        batch_(io_, pool_),
        instance("test.guest", {}, *log_, pool_, batch_, ledger, {}) {
    guest = &guest_;
    toolpost_entry entry{};
    entry.create = create;
    auto items = instance.start(entry, "{}", "");
    REQUIRE(items.has_value());
    for (const auto& one : *items) {
      auto made = plugin::make_item(one, {.plugin_id = "test.guest", .prefix = "x_"});
      REQUIRE(made.has_value());
      items_.push_back(*made);
    }
    REQUIRE(items_.size() == 5);
  }

  ~Stage() {
    items_.clear();
    wait_until([&] { return pool_.busy() == 0; });
    instance.close();
    instance.destroy();
    guest = nullptr;
  }

  // A call of that item that has reached the plugin, and which is open still.
  std::shared_ptr<call::Call> call(std::size_t item,
                                   const std::function<void(call::Call&)>& change = {}) {
    json::Parser parser;
    auto parsed =
        mcp::Message::parse(R"({"jsonrpc":"2.0","id":1,"method":"any","params":{}})", parser, {});
    auto one = std::make_shared<call::Call>(++calls_, items_[item], std::move(std::get<0>(parsed)));
    one->arguments = "{}";
    if (change) change(*one);
    const int before = guest_.calls;
    instance.invoke(one);
    io_.restart();
    io_.poll();
    wait_until([&] { return guest_.calls == before + 1; });
    return one;
  }

  void log(call::CallId id, toolpost_severity severity, std::string_view text) const {
    guest_.host->log(guest_.ctx, id, severity, text.data(), text.size());
  }

  toolpost_status complete(call::CallId id) const {
    toolpost_outcome outcome{};
    outcome.struct_size = sizeof outcome;
    outcome.kind = TOOLPOST_OUTCOME_COMPLETE;
    outcome.payload = TOOLPOST_LIT("{}");
    return guest_.host->complete(guest_.ctx, id, &outcome);
  }

 private:
  boost::asio::io_context io_;
  std::unique_ptr<Log> log_;
  async::WorkerPool pool_{1};
  async::Batch batch_;
  registry::Items items_;
  call::CallId calls_ = 0;
  Guest guest_;

 public:
  Ledger ledger;
  plugin::Instance instance;
};

// "level text" of each.
std::vector<std::string> notes_of(call::Call& call) {
  std::vector<std::string> all;
  for (const call::Note& note : call.notes.take()) {
    all.push_back(std::string{mcp::to_string(note.level)} + " " + note.text);
  }
  return all;
}

using Notes = std::vector<std::string>;

}  // namespace

TEST_CASE("instance: items of each kind are called by the key their plugin knows") {
  Stage stage;
  const auto key_of = [&](std::size_t item) {
    const auto one = stage.call(item, [](call::Call& call) { call.subject = "t://1"; });
    CHECK(stage.complete(one->id) == TOOLPOST_OK);
    return guest->seen["kind"] + " " + guest->seen["key"];
  };
  const auto kind = [](toolpost_kind value) { return std::to_string(value) + " "; };
  CHECK(key_of(0) == kind(TOOLPOST_KIND_TOOL) + "t");
  CHECK(key_of(1) == kind(TOOLPOST_KIND_RESOURCE) + "r://a");
  CHECK(key_of(2) == kind(TOOLPOST_KIND_RESOURCE_TEMPLATE) + "t://1");
  CHECK(key_of(3) == kind(TOOLPOST_KIND_PROMPT) + "p");
  CHECK(key_of(4) == kind(TOOLPOST_KIND_COMPLETION) + "prompt:p#x");
}

TEST_CASE("instance: a later round brings the answers and the plugin's own state") {
  Stage stage;
  const auto one = stage.call(0, [](call::Call& call) {
    call.round = 3;
    call.input_responses = R"({"a":{}})";
    call.resume_state = std::string{"\0\xff", 2};
    call.client.features = TOOLPOST_CLIENT_ROOTS;
  });
  CHECK(guest->seen["round"] == "3");
  CHECK(guest->seen["responses"] == R"({"a":{}})");
  CHECK(guest->seen["state"] == std::string{"\0\xff", 2});
  CHECK(guest->seen["features"] == std::to_string(TOOLPOST_CLIENT_ROOTS));
  // What it gives back with questions is kept, whatever its bytes are.
  toolpost_outcome outcome{};
  outcome.struct_size = sizeof outcome;
  outcome.kind = TOOLPOST_OUTCOME_INPUT_REQUIRED;
  outcome.payload = TOOLPOST_LIT("{}");
  outcome.resume_state = {reinterpret_cast<const std::uint8_t*>("\0x"), 2};
  CHECK(guest->host->complete(guest->ctx, one->id, &outcome) == TOOLPOST_OK);
  CHECK(stage.ledger.outcome.kind == TOOLPOST_OUTCOME_INPUT_REQUIRED);
  CHECK(stage.ledger.outcome.resume_state == std::string{"\0x", 2});
}

TEST_CASE("instance: a state beyond the limit ends the call with an error") {
  Stage stage;
  const auto one = stage.call(0);
  const std::string state(8193, 'x');
  toolpost_outcome outcome{};
  outcome.struct_size = sizeof outcome;
  outcome.kind = TOOLPOST_OUTCOME_INPUT_REQUIRED;
  outcome.payload = TOOLPOST_LIT("{}");
  outcome.resume_state = {reinterpret_cast<const std::uint8_t*>(state.data()), state.size()};
  CHECK(guest->host->complete(guest->ctx, one->id, &outcome) == TOOLPOST_E_LIMIT);
  CHECK(stage.ledger.outcome.status == TOOLPOST_E_LIMIT);
}

TEST_CASE(
    "instance: log messages of a call go to a client that wants the level, while it is open") {
  Stage stage;
  const auto one = stage.call(0, [](call::Call& c) { c.log_level = mcp::LogLevel::kWarning; });
  stage.log(one->id, TOOLPOST_SEVERITY_INFO, "too little");
  stage.log(one->id, TOOLPOST_SEVERITY_WARN, "first");
  stage.log(one->id, TOOLPOST_SEVERITY_FATAL, "second");
  stage.log(0, TOOLPOST_SEVERITY_FATAL, "of no call");
  stage.log(one->id + 1, TOOLPOST_SEVERITY_FATAL, "of a call that there is not");
  CHECK(stage.ledger.notes == 1);  // told once, as nobody has fetched them
  CHECK(notes_of(*one) == Notes{"warning first", "critical second"});
  stage.log(one->id, TOOLPOST_SEVERITY_ERROR, "third");
  CHECK(stage.ledger.notes == 2);
  CHECK(notes_of(*one) == Notes{"error third"});
  CHECK(stage.complete(one->id) == TOOLPOST_OK);
  stage.log(one->id, TOOLPOST_SEVERITY_FATAL, "late");
  CHECK(notes_of(*one).empty());
}

TEST_CASE("instance: without a level a client hears nothing, with the lowest everything") {
  Stage stage;
  const auto silent = stage.call(0);
  stage.log(silent->id, TOOLPOST_SEVERITY_FATAL, "unheard");
  CHECK(notes_of(*silent).empty());
  CHECK(stage.ledger.notes == 0);
  const auto all = stage.call(0, [](call::Call& call) { call.log_level = mcp::LogLevel::kDebug; });
  for (const toolpost_severity severity : {0, 1, 5, 8, 9, 13, 17, 21, 24, 1000, -1}) {
    stage.log(all->id, severity, "x");
  }
  CHECK(notes_of(*all) == Notes{"debug x", "debug x", "debug x", "debug x", "info x", "warning x",
                                "error x", "critical x", "critical x", "critical x", "debug x"});
}

TEST_CASE("instance: what looks like a secret does not reach the client, also where text is cut") {
  Stage stage;
  const auto one = stage.call(0, [](call::Call& call) { call.log_level = mcp::LogLevel::kDebug; });
  const std::string token = "ghp_" + std::string(36, 'A');
  stage.log(one->id, TOOLPOST_SEVERITY_INFO, "token " + token);
  CHECK(notes_of(*one) == Notes{"info token [redacted]"});
  // The longest text that is handed on ends within the token.
  for (const std::size_t shown : {5U, 12U, 30U}) {
    CAPTURE(shown);
    stage.log(one->id, TOOLPOST_SEVERITY_INFO, std::string(8191 - shown, '-') + " " + token);
    const auto notes = notes_of(*one);
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].find("ghp_") == std::string::npos);
    CHECK(notes[0].size() <= 8192 + std::string_view{"info "}.size());
  }
}

TEST_CASE("instance: a flood of log messages costs the flood") {
  Stage stage;
  const auto one = stage.call(0, [](call::Call& call) { call.log_level = mcp::LogLevel::kDebug; });
  for (int i = 0; i < 10'000; ++i) stage.log(one->id, TOOLPOST_SEVERITY_INFO, std::to_string(i));
  const auto notes = notes_of(*one);
  REQUIRE(notes.size() >= 200);
  CHECK(notes.size() <= call::NoteQueue::kMaxWaiting);
  CHECK(notes[0] == "info 0");
  CHECK(notes[199] == "info 199");
  CHECK(stage.ledger.notes == 1);
}

TEST_CASE("item: what is no item says which and why") {
  const auto flaw_of = [](void (*spoil)(toolpost_item&)) {
    toolpost_item item{};
    item.struct_size = sizeof item;
    item.kind = TOOLPOST_KIND_TOOL;
    item.key = TOOLPOST_LIT("t");
    item.definition = TOOLPOST_LIT("{}");
    item.on_call = on_call;
    spoil(item);
    plugin::Item::Flaw flaw;
    const bool is_copied = plugin::Item::copy(&item, flaw) != nullptr;
    CHECK(is_copied == (flaw.status == TOOLPOST_OK));
    return flaw.key + " " + std::string{plugin::status_name(flaw.status)} + " " + flaw.what;
  };
  CHECK(flaw_of([](toolpost_item&) {}) == " OK ");
  CHECK(flaw_of([](toolpost_item& item) { item.kind = 9; }) ==
        "t E_UNSUPPORTED its kind is not known");
  CHECK(flaw_of([](toolpost_item& item) { item.on_call = nullptr; }) ==
        "t E_INVALID it has no on_call");
  CHECK(flaw_of([](toolpost_item& item) { item.definition.size = SIZE_MAX; }) ==
        "t E_LIMIT its definition is too large");
  // A size that is wild is not followed, nor one without a place.
  CHECK(flaw_of([](toolpost_item& item) { item.key.size = SIZE_MAX; }) ==
        " E_LIMIT its key is too large");
  CHECK(flaw_of([](toolpost_item& item) { item.key.data = nullptr; }) ==
        " E_INVALID its key is no text in UTF-8");
}
