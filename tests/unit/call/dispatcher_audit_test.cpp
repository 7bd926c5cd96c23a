// SPDX-License-Identifier: Apache-2.0
// The dispatcher with a real journal: what is recorded, in which order, and what the client gets to
// see of it.
#include "audit/journal.hpp"
#include "call/dispatcher.hpp"
#include "json/parser.hpp"

#include <toolpost/plugin.h>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace toolpost;

namespace {

namespace fs = std::filesystem;

struct FakeBackend final : call::Backend {
  void invoke(const std::shared_ptr<call::Call>& one) override { running.push_back(one); }

  void cancel(const std::shared_ptr<call::Call>& one) override { cancelled.push_back(one); }

  void interest(const std::string&, bool) override {}

  std::vector<std::shared_ptr<call::Call>> running;
  std::vector<std::shared_ptr<call::Call>> cancelled;
};

struct Client final : call::Responder {
  void notify(std::string) override {}

  bool deliver(std::string) override { return false; }

  bool can_stream() const override { return true; }

  bool ask(std::string) override { return false; }

  void answer(mcp::Answer answer) override {
    status = answer.http_status;
    text = std::move(answer.json);
  }

  std::string text;
  int status = 0;
};

// The disk of a busy machine may take its time.
const audit::JournalOptions kPatientJournal{.stall = std::chrono::minutes{10}};

struct Stage {
  Stage() {
    std::string path = (fs::temp_directory_path() / "toolpost-dispatcher-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    root = path;
    directory.emplace(*audit::Directory::open_or_make(root / "audit"));
    key.emplace(*audit::SealKey::load_or_make(root / "audit.key"));
    journal = *audit::Journal::open(*directory, *key, *audit::make_chain_name(0), kPatientJournal,
                                    {{"start", "{}"}}, {}, *log);
    const std::size_t lane = dispatcher.add_lane("test.plugin", backend, {.concurrency = 1});
    std::vector<std::shared_ptr<const registry::Item>> tools;
    for (const char* name : {"look", "touch"}) {
      auto read = mcp::read_definition(
          mcp::ItemKind::kTool,
          R"({"name":")" + std::string{name} +
              R"(","inputSchema":{"type":"object","properties":{"shown":{"x-toolpost-log":true}}}})",
          name, "", {});
      const auto input = json::parse(read->input_schema);
      tools.push_back(std::make_shared<const registry::Item>(
          registry::Item{.name = name,
                         .key = name,
                         .plugin_id = "test.plugin",
                         .lane = lane,
                         .traits = {.read_only = std::string_view{name} == "look"},
                         .trusted = true,
                         .definition = *read,
                         .input = *json::Schema::compile(input->root())}));
    }
    REQUIRE(registry.publish(std::move(tools)).has_value());
    dispatcher.set_server_info(mcp::make_server_info("n", "t", "1", ""));
    dispatcher.use(*journal, call::OnFailure::kRefuse);
  }

  ~Stage() {
    journal.reset();
    fs::remove_all(root);
  }

  std::shared_ptr<call::Call> call(const std::shared_ptr<Client>& client, const std::string& tool,
                                   const identity::Principal& who = identity::local_principal(),
                                   const std::string& arguments = R"({"a":"secret-value"})") {
    json::Parser parser;
    auto parsed =
        mcp::Message::parse(R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":")" +
                                tool + R"(","arguments":)" + arguments + "}}",
                            parser, {});
    return dispatcher.dispatch({std::move(std::get<0>(parsed)),
                                mcp::Version::k2025_11_25,
                                who,
                                {},
                                client,
                                "",
                                nullptr,
                                call::Transport::kHttp,
                                "192.0.2.7"});
  }

  template <class Done>
  void run_until(Done done) {
    while (!done()) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{50});
    }
  }

  void complete(const std::shared_ptr<call::Call>& one) {
    dispatcher.completed(one, {.status = TOOLPOST_OK, .payload = R"({"content":[]})"});
    if (one->slot.leave_frame()) dispatcher.frame_left(one);
  }

  // "type:item:outcome" of all records about calls, as they are on the disk now.
  std::vector<std::string> records() const {
    std::ifstream in{root / "audit" / audit::segment_file_name(journal->chain(), 1)};
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);) {
      CHECK(line.find("secret-value") == std::string::npos);
      const auto document = json::parse(line);
      REQUIRE(document.has_value());
      const auto text = [&](const char* name) {
        const json::Value* value = document->root().find_string(name);
        return value == nullptr ? std::string{} : std::string{value->as_string()};
      };
      if (text("method").empty()) continue;
      all.push_back(text("type") + ":" + text("item") + ":" + text("outcome"));
    }
    return all;
  }

  std::string text_on_disk() const {
    std::ifstream in{root / "audit" / audit::segment_file_name(journal->chain(), 1)};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  boost::asio::io_context io{1};
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  registry::Registry registry;
  FakeBackend backend;
  call::Access access;
  call::Dispatcher dispatcher{io, registry, access, *log};
  fs::path root;
  std::optional<audit::Directory> directory;
  std::optional<audit::SealKey> key;
  std::unique_ptr<audit::Journal> journal;
};

using Records = std::vector<std::string>;

}  // namespace

TEST_CASE("dispatcher audit: what only looks begins at once and is recorded before its answer") {
  Stage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.call(client, "look");
  REQUIRE(one);
  CHECK(stage.backend.running.size() == 1);
  stage.complete(one);
  while (stage.records().empty())
    std::this_thread::yield();  // the journal's own thread may have it
  CHECK(stage.records() == Records{"outcome:look:ok"});
  CHECK(client->text.empty());
  stage.run_until([&] { return !client->text.empty(); });
  CHECK(client->text.find("content") != std::string::npos);
}

TEST_CASE("dispatcher audit: what has effects begins when its intent is on the disk") {
  Stage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.call(client, "touch");
  REQUIRE(one);
  CHECK(stage.backend.running.empty());
  stage.run_until([&] { return !stage.backend.running.empty(); });
  CHECK(stage.records() == Records{"intent:touch:"});
  stage.complete(one);
  stage.run_until([&] { return !client->text.empty(); });
  CHECK(stage.records() == Records{"intent:touch:", "outcome:touch:ok"});
  CHECK(one->intent_seq != 0);
}

TEST_CASE("dispatcher audit: every way out leaves one record") {
  Stage stage;
  const auto answered = [&](const std::shared_ptr<Client>& client) {
    stage.run_until([&] { return !client->text.empty(); });
  };
  const auto denied = std::make_shared<Client>();
  CHECK_FALSE(stage.call(denied, "look", {.name = "ann", .role = "nobody", .key_id = "k"}));
  answered(denied);
  const auto unknown = std::make_shared<Client>();
  CHECK_FALSE(stage.call(unknown, "nothing"));
  answered(unknown);
  const auto invalid = std::make_shared<Client>();
  CHECK_FALSE(stage.call(invalid, "look", identity::local_principal(), "[]"));
  answered(invalid);
  CHECK(invalid->text.find("-32602") != std::string::npos);

  // Cancelled while it waits for its intent, while it waits for a slot, and while it runs.
  const auto nobody = std::make_shared<Client>();
  stage.dispatcher.cancel(stage.call(nobody, "touch"));
  const auto running = stage.call(nobody, "look");
  stage.dispatcher.cancel(stage.call(nobody, "look"));
  stage.dispatcher.cancel(running);
  stage.complete(running);
  // Revoked, and ended by the stop.
  const auto revoked = std::make_shared<Client>();
  const auto ended = stage.call(revoked, "look");
  stage.run_until([&] { return stage.backend.running.size() == 2; });
  stage.dispatcher.revoke([](const identity::Principal&) { return false; });
  answered(revoked);
  CHECK(revoked->status == 401);
  stage.complete(ended);
  const auto stopped = std::make_shared<Client>();
  stage.call(stopped, "look");
  stage.dispatcher.stop_accepting();
  stage.dispatcher.answer_rest();
  answered(stopped);
  CHECK(stopped->status == 503);
  CHECK(nobody->text.empty());
  CHECK(stage.journal->close("test", std::chrono::minutes{1}));
  CHECK(stage.records() ==
        Records{"outcome:look:denied", "outcome:nothing:unknown", "outcome:look:invalid",
                "intent:touch:", "outcome:touch:cancelled", "outcome:look:cancelled",
                "outcome:look:cancelled", "outcome:look:revoked", "outcome:look:stopped"});
}

TEST_CASE("dispatcher audit: without a record there is no call and no success") {
  Stage stage;
  const auto ends_badly = std::make_shared<Client>();
  const auto looks = stage.call(ends_badly, "look");
  REQUIRE(looks);
  CHECK(stage.journal->close("test", std::chrono::minutes{1}));  // from here nothing is recorded
  stage.complete(looks);
  stage.run_until([&] { return !ends_badly->text.empty(); });
  CHECK(ends_badly->status == 503);
  CHECK(ends_badly->text.find(R"("reason":"audit")") != std::string::npos);
}

TEST_CASE("dispatcher audit: arguments are digests, except where the tool's author marked them") {
  Stage stage;
  auto client = std::make_shared<Client>();
  const auto one = stage.call(client, "look", identity::local_principal(),
                              R"({"shown":"numpy","hidden":"secret-value"})");
  stage.run_until([&] { return !stage.backend.running.empty(); });
  stage.complete(one);
  stage.run_until([&] { return !client->text.empty(); });
  stage.run_until([&] { return !stage.records().empty(); });
  CHECK(stage.text_on_disk().find(R"("arguments":{"shown":"numpy","hidden":"hmac-sha256:)") !=
        std::string::npos);
}
