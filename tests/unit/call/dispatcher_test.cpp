// SPDX-License-Identifier: Apache-2.0
// The dispatcher between a client that is a list of strings and a plugin that does what the test
// says.
#include "call/dispatcher.hpp"

#include "call/client_facts.hpp"
#include "json/parser.hpp"
#include "json/raw.hpp"

#include <toolpost/plugin.h>

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

struct FakeBackend final : call::Backend {
  void invoke(const std::shared_ptr<call::Call>& one) override { running.push_back(one); }

  void cancel(const std::shared_ptr<call::Call>& one) override { cancelled.push_back(one); }

  void interest(const std::string&, bool) override {}

  std::vector<std::shared_ptr<call::Call>> running;
  std::vector<std::shared_ptr<call::Call>> cancelled;
};

struct Client final : call::Responder {
  void notify(std::string message) override { received.push_back(std::move(message)); }

  bool deliver(std::string) override { return false; }

  bool can_stream() const override { return true; }

  bool ask(std::string request) override {
    received.push_back(std::move(request));
    return can_be_asked;
  }

  void answer(mcp::Answer answer) override {
    status = answer.http_status;
    received.push_back(std::move(answer.json));
  }

  std::string last() const { return received.empty() ? "" : received.back(); }

  std::vector<std::string> received;
  bool can_be_asked = true;
  int status = 0;
};

constexpr const char* kParams = R"("name":"t","arguments":{"x":1})";

struct Stage {
  explicit Stage(call::LaneLimits limits = {}, std::chrono::milliseconds timeout = {}) {
    const std::size_t lane = dispatcher.add_lane("test.plugin", backend, limits);
    const std::string definition =
        R"({"name":"t","inputSchema":{"type":"object","required":["x"]},"outputSchema":{"type":"object","required":["y"]}})";
    auto read = mcp::read_definition(mcp::ItemKind::kTool, definition, "t", "", {});
    const auto input = json::parse(read->input_schema);
    const auto output = json::parse(read->output_schema);
    const auto published = registry.publish({std::make_shared<const registry::Item>(
        registry::Item{.name = "t",
                       .key = "t",
                       .plugin_id = "test.plugin",
                       .lane = lane,
                       .definition = *read,
                       .input = *json::Schema::compile(input->root()),
                       .output = *json::Schema::compile(output->root()),
                       .timeout = timeout,
                       .handle = nullptr})});
    REQUIRE(published.has_value());
    dispatcher.set_server_info(mcp::make_server_info("n", "t", "1", ""));
  }

  std::shared_ptr<call::Call> call(const std::shared_ptr<Client>& client,
                                   const std::string& params = kParams) {
    return request(client, "tools/call", params, identity::local_principal());
  }

  std::shared_ptr<call::Call> request(const std::shared_ptr<Client>& client,
                                      const std::string& method, const std::string& params,
                                      const identity::Principal& principal) {
    json::Parser parser;
    auto parsed = mcp::Message::parse(
        R"({"jsonrpc":"2.0","id":7,"method":")" + method + R"(","params":{)" + params + "}}",
        parser, {});
    return dispatcher.dispatch(
        {std::move(std::get<0>(parsed)), mcp::Version::k2025_11_25, principal, {}, client});
  }

  void complete(const std::shared_ptr<call::Call>& one, call::Outcome outcome) {
    dispatcher.completed(one, std::move(outcome));
    if (one->slot.leave_frame()) dispatcher.frame_left(one);
    poll();
  }

  void poll() {
    io.restart();
    io.poll();
  }

  boost::asio::io_context io{1};
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  registry::Registry registry;
  FakeBackend backend;
  call::Access access;
  call::Dispatcher dispatcher{io, registry, access, *log};
};

call::Outcome good() {
  return {.status = TOOLPOST_OK, .payload = R"({"structuredContent":{"y":1}})"};
}

}  // namespace

TEST_CASE("dispatcher: a call is answered once and frees its slot") {
  Stage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.call(client);
  REQUIRE(one);
  CHECK(client->received.empty());
  stage.complete(one, good());
  CHECK(client->received.size() == 1);
  CHECK(client->last().find(R"("structuredContent":{"y":1})") != std::string::npos);
}

TEST_CASE("dispatcher: what the schema forbids never reaches the plugin") {
  Stage stage;
  const auto client = std::make_shared<Client>();
  CHECK_FALSE(stage.call(client, R"("name":"t","arguments":{})"));
  CHECK(stage.backend.running.empty());
  CHECK(client->last().find(R"("isError":true)") != std::string::npos);
  CHECK(client->last().find("required") != std::string::npos);
  CHECK_FALSE(stage.call(client, R"("name":"unknown")"));
  CHECK(client->last().find("-32602") != std::string::npos);
  CHECK_FALSE(stage.call(client, R"("name":"t","arguments":[])"));
  CHECK(client->last().find("-32602") != std::string::npos);
}

TEST_CASE("dispatcher: a result that breaks the output schema is an error, not an answer") {
  Stage stage;
  for (const char* payload : {R"({"structuredContent":{}})", R"({"content":[]})", "{", "[]"}) {
    CAPTURE(payload);
    const auto client = std::make_shared<Client>();
    stage.complete(stage.call(client), {.status = TOOLPOST_OK, .payload = payload});
    CHECK(client->last().find("-32603") != std::string::npos);
  }
  const auto client = std::make_shared<Client>();
  stage.complete(stage.call(client),
                 {.status = TOOLPOST_OK, .payload = R"({"content":[],"isError":true})"});
  CHECK(client->last().find(R"("isError":true)") != std::string::npos);
}

TEST_CASE("dispatcher: a plugin's own codes pass, reserved ones do not") {
  Stage stage;
  const auto own = std::make_shared<Client>();
  stage.complete(stage.call(own),
                 {.status = TOOLPOST_E_INTERNAL, .rpc_code = 1234, .message = "mine"});
  CHECK(own->last().find(R"("code":1234,"message":"mine")") != std::string::npos);
  const auto reserved = std::make_shared<Client>();
  stage.complete(stage.call(reserved), {.status = TOOLPOST_E_INVALID, .rpc_code = -32001});
  CHECK(reserved->last().find(R"("code":-32602)") != std::string::npos);
}

TEST_CASE("dispatcher: the payload of a failure is the data of the error") {
  Stage stage;
  const auto data_of = [&](std::int32_t status, std::int32_t rpc_code, const char* payload) {
    const auto client = std::make_shared<Client>();
    stage.complete(stage.call(client),
                   {.status = status, .rpc_code = rpc_code, .payload = payload, .message = "why"});
    const std::string text = client->last();  // the document borrows it
    const auto answer = json::parse(text);
    REQUIRE(answer.has_value());
    REQUIRE(answer->root().find("error") != nullptr);
    CHECK(answer->root().find("error")->find("code") != nullptr);
    return std::string{json::find_raw(*json::find_raw(text, "error"), "data").value_or("none")};
  };
  CHECK(data_of(TOOLPOST_E_INTERNAL, 0, "") == "none");
  CHECK(data_of(TOOLPOST_E_INTERNAL, 1234, R"({"line":3})") == R"({"line":3})");
  CHECK(data_of(TOOLPOST_E_INVALID, 0, "{\n \"a\": [1, 2]\n}") == R"({"a":[1,2]})");
  CHECK(data_of(TOOLPOST_E_DENIED, 0, R"("a text")") == R"("a text")");
  // The host's own data of a plugin that is not there is what clients know.
  CHECK(data_of(TOOLPOST_E_UNAVAILABLE, 0, R"({"line":3})") == R"({"reason":"plugin"})");
  CHECK(data_of(TOOLPOST_E_UNAVAILABLE, 7, R"({"line":3})") == R"({"line":3})");
  for (const char* payload : {"{", "{}x", "\xFF", "\"\xFF\"", "{\"a\":1,\"a\":2}"}) {
    CAPTURE(payload);
    CHECK(data_of(TOOLPOST_E_INTERNAL, 0, payload) == "none");
  }
}

TEST_CASE("dispatcher: beyond the limit calls wait, beyond the queue they are refused") {
  Stage stage{{.concurrency = 1, .queue = 1}};
  const auto first = std::make_shared<Client>();
  const auto second = std::make_shared<Client>();
  const auto third = std::make_shared<Client>();
  const auto running = stage.call(first);
  const auto waiting = stage.call(second);
  CHECK_FALSE(stage.call(third));
  CHECK(third->status == 503);
  CHECK(third->last().find(R"("reason":"busy")") != std::string::npos);
  REQUIRE(stage.backend.running.size() == 1);
  stage.complete(running, good());
  REQUIRE(stage.backend.running.size() == 2);
  stage.complete(waiting, good());
  CHECK(second->received.size() == 1);
}

TEST_CASE("dispatcher: a completion whose frame has not returned keeps the slot") {
  Stage stage{{.concurrency = 1, .queue = 1}};
  const auto first = stage.call(std::make_shared<Client>());
  const auto second = stage.call(std::make_shared<Client>());
  stage.dispatcher.completed(first, good());
  stage.poll();
  CHECK(stage.backend.running.size() == 1);
  REQUIRE(first->slot.leave_frame());
  stage.dispatcher.frame_left(first);
  stage.poll();
  CHECK(stage.backend.running.size() == 2);
  stage.complete(second, good());
}

TEST_CASE("dispatcher: a cancelled call is not answered, and its slot waits for the plugin") {
  Stage stage{{.concurrency = 1, .queue = 2}};
  const auto client = std::make_shared<Client>();
  const auto running = stage.call(client);
  const auto waiting = stage.call(client);
  stage.dispatcher.cancel(waiting);
  stage.dispatcher.cancel(running);
  CHECK(running->cancelled);
  CHECK(stage.backend.cancelled.size() == 1);
  const auto next = stage.call(std::make_shared<Client>());
  CHECK(stage.backend.running.size() == 1);
  stage.complete(running, good());
  CHECK(client->received.empty());
  CHECK(stage.backend.running.size() == 2);
  stage.complete(next, good());
}

TEST_CASE("dispatcher: past its deadline a call is answered, and completed later without effect") {
  Stage stage{{}, std::chrono::milliseconds{1}};
  const auto client = std::make_shared<Client>();
  const auto one = stage.call(client);
  stage.io.restart();
  stage.io.run();  // the sweep ends with the last unanswered call
  REQUIRE(client->received.size() == 1);
  CHECK(client->last().find("did not finish within 1 ms") != std::string::npos);
  CHECK(client->last().find(R"("isError":true)") != std::string::npos);
  CHECK(stage.backend.cancelled.size() == 1);
  stage.complete(one, good());
  CHECK(client->received.size() == 1);
}

TEST_CASE("dispatcher: a plugin that lets calls time out is left alone until one succeeds") {
  using std::chrono::milliseconds;
  Stage stage{{.circuit = {.failures = 2, .open = std::chrono::hours{1}}}, milliseconds{1}};
  const auto first = stage.call(std::make_shared<Client>());
  const auto second = stage.call(std::make_shared<Client>());
  stage.io.restart();
  stage.io.run();
  const auto client = std::make_shared<Client>();
  CHECK_FALSE(stage.call(client));
  CHECK(client->status == 503);
  CHECK(client->last().find(R"("reason":"circuit")") != std::string::npos);
  // That it comes late says nothing of those to come.
  stage.complete(first, good());
  CHECK_FALSE(stage.call(std::make_shared<Client>()));
  CHECK(stage.backend.running.size() == 2);
  stage.complete(second, good());
}

TEST_CASE("dispatcher: a plugin that was left alone gets one call, and then as many as before") {
  using std::chrono::milliseconds;
  Stage stage{{.circuit = {.failures = 1, .open = milliseconds{0}}}, milliseconds{1}};
  const auto is_closed = [&] {
    bool closed = false;
    stage.dispatcher.each_lane(
        [&](const call::Lane& lane) { closed = lane.circuit().is_closed(); });
    return closed;
  };
  const auto late = stage.call(std::make_shared<Client>());
  stage.io.restart();
  stage.io.run();
  CHECK_FALSE(is_closed());
  const auto client = std::make_shared<Client>();
  const auto next = stage.call(client);
  REQUIRE(next);
  stage.complete(next, good());
  CHECK(client->status == 200);
  CHECK(is_closed());
  stage.complete(late, good());
  CHECK(is_closed());
}

TEST_CASE("dispatcher: progress comes before the answer, only for those who asked") {
  Stage stage;
  const auto client = std::make_shared<Client>();
  const auto one =
      stage.call(client, R"("name":"t","arguments":{"x":1},"_meta":{"progressToken":"p"})");
  CHECK(one->progress_token == "\"p\"");
  bool first = false;
  one->progress.put({1, 2, "half"}, &first);
  stage.dispatcher.progressed(one);
  stage.complete(one, good());
  REQUIRE(client->received.size() == 2);
  CHECK(
      client->received[0] ==
      R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p","progress":1,"total":2,"message":"half"}})");
}

TEST_CASE("dispatcher: stopping answers what waits and then what is left") {
  Stage stage{{.concurrency = 1, .queue = 1}};
  const auto running = std::make_shared<Client>();
  const auto waiting = std::make_shared<Client>();
  const auto late = std::make_shared<Client>();
  const auto one = stage.call(running);
  stage.call(waiting);
  stage.dispatcher.stop_accepting();
  CHECK(waiting->last().find(R"("reason":"stopping")") != std::string::npos);
  CHECK(running->received.empty());
  CHECK_FALSE(stage.call(late));
  CHECK(late->status == 503);
  bool idle = false;
  stage.dispatcher.when_idle([&] { idle = true; });
  stage.poll();
  CHECK_FALSE(idle);
  CHECK(stage.dispatcher.is_working());
  stage.dispatcher.answer_rest();
  // It may have had its effect: who gets a 503 would ask again without a thought.
  CHECK(running->status != 503);
  CHECK(running->last().find(R"("reason":"interrupted")") != std::string::npos);
  stage.poll();
  CHECK(idle);
  CHECK_FALSE(stage.dispatcher.is_working());
  stage.complete(one, good());
}

TEST_CASE("dispatcher: who may not use a tool neither sees nor calls it, and is told the rule") {
  Stage stage;
  const identity::Principal ann{.name = "ann", .role = "user", .key_id = ""};
  const auto client = std::make_shared<Client>();
  stage.request(client, "tools/list", "", ann);
  CHECK(client->last().find(R"("tools":[])") != std::string::npos);
  // Its arguments are wrong, too; that is not said to somebody who may not call it.
  CHECK_FALSE(stage.request(client, "tools/call", R"("name":"t")", ann));
  CHECK(client->last().find(R"("isError":true)") != std::string::npos);
  CHECK(client->last().find("(rule roles.user)") != std::string::npos);
  CHECK(stage.backend.running.empty());
  CHECK_FALSE(stage.request(client, "tools/call", kParams, {}));
  CHECK(client->last().find("(rule anonymous)") != std::string::npos);
  stage.request(client, "tools/list", "", {.name = "root", .role = "admin", .key_id = ""});
  CHECK(client->last().find(R"("name":"t")") != std::string::npos);
}

TEST_CASE("dispatcher: a place among a principal's calls is free again however a call ends") {
  Stage stage;
  stage.access.use(std::make_shared<const policy::AccessRules>(),
                   {.principal = {}, .address = {}, .tool = {}, .calls_per_principal = 1});
  const identity::Principal root{.name = "root", .role = "admin", .key_id = ""};
  const auto call = [&](const std::shared_ptr<Client>& client) {
    return stage.request(client, "tools/call", kParams, root);
  };
  const auto second = std::make_shared<Client>();
  const auto first = call(std::make_shared<Client>());
  REQUIRE(first);
  CHECK_FALSE(call(second));
  CHECK(second->status == 429);
  stage.complete(first, good());
  const auto cancelled = call(second);
  REQUIRE(cancelled);
  stage.dispatcher.cancel(cancelled);
  CHECK_FALSE(call(second));  // the plugin still works on it
  stage.complete(cancelled, good());
  CHECK(call(second));
}

TEST_CASE("dispatcher: revoking ends the calls of those who lost their key, and of nobody else") {
  Stage stage;
  const auto ann = std::make_shared<Client>();
  const auto bob = std::make_shared<Client>();
  const auto of_ann =
      stage.request(ann, "tools/call", kParams, {.name = "ann", .role = "admin", .key_id = "1"});
  const auto of_bob =
      stage.request(bob, "tools/call", kParams, {.name = "bob", .role = "admin", .key_id = "2"});
  stage.dispatcher.revoke([](const identity::Principal& who) { return who.name != "ann"; });
  CHECK(ann->status == 401);
  CHECK(ann->last().find(R"("code":40100)") != std::string::npos);
  CHECK(of_ann->cancelled);
  CHECK(bob->received.empty());
  stage.complete(of_ann, good());
  stage.complete(of_bob, good());
  CHECK(ann->received.size() == 1);
  CHECK(bob->received.size() == 1);
}
