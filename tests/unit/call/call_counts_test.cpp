// SPDX-License-Identifier: Apache-2.0
// Every way out of a call is counted once, where it belongs.
#include "call/call_counts.hpp"

#include "item_stage.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace toolpost;
using namespace toolpost::testing;
using call::CallCounts;
using call::EndedAs;
using call::ItemCounts;

namespace {

const ItemCounts& counts_of(ItemStage& stage, const std::string& kind, const std::string& tool) {
  const ItemCounts* found = nullptr;
  stage.dispatcher.counts().each([&](const CallCounts::Key& key, const ItemCounts& counts) {
    if (key.kind == kind && key.tool == tool) found = &counts;
  });
  REQUIRE(found != nullptr);
  return *found;
}

std::uint64_t ended(ItemStage& stage, EndedAs as, const std::string& tool = "t",
                    const std::string& kind = "tool") {
  return counts_of(stage, kind, tool).ended[static_cast<std::size_t>(as)].value();
}

std::uint64_t all(const Durations& durations) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : durations.counts) sum += count;
  return sum;
}

constexpr const char* kCallT = R"("name":"t","arguments":{"a":1})";

}  // namespace

TEST_CASE("call counts: a call is in flight until it ends, and has its times and sizes") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  stage.request(client, "tools/call", kCallT);
  const ItemCounts& counts = counts_of(stage, "tool", "t");
  CHECK(counts.in_flight.value() == 1);
  CHECK(counts.total() == 0);
  stage.complete(stage.last(), text_result());
  CHECK(counts.in_flight.value() == 0);
  CHECK(ended(stage, EndedAs::kOk) == 1);
  CHECK(counts.total() == 1);
  CHECK(counts.argument_bytes.value() == std::string_view{R"({"a":1})"}.size());
  CHECK(counts.result_bytes.value() == client->text().size());
  CHECK(all(counts.queue.read()) == 1);
  CHECK(all(counts.run.read()) == 1);
}

TEST_CASE("call counts: what ends before its plugin has no time in it") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  stage.request(client, "tools/call", R"("name":"wants","arguments":{})");
  CHECK(ended(stage, EndedAs::kInvalid, "wants") == 1);
  stage.request(std::make_shared<Client>(), "tools/call", kCallT, {.role = "user"});
  CHECK(ended(stage, EndedAs::kDenied) == 1);
  const auto& denials = stage.dispatcher.counts().denials();
  CHECK(denials.at("user") == 1);
  CHECK(all(counts_of(stage, "tool", "wants").run.read()) == 0);
  CHECK(counts_of(stage, "tool", "wants").in_flight.value() == 0);
  CHECK(counts_of(stage, "tool", "t").in_flight.value() == 0);
}

TEST_CASE("call counts: names that nobody has registered are one") {
  ItemStage stage;
  for (int i = 0; i < 100; ++i) {
    stage.request(std::make_shared<Client>(), "tools/call",
                  R"("name":"made_up_)" + std::to_string(i) + "\"");
  }
  CHECK(ended(stage, EndedAs::kUnknown, std::string{CallCounts::kUnknown}) == 100);
  int tools = 0;
  stage.dispatcher.counts().each(
      [&](const CallCounts::Key& key, const ItemCounts&) { tools += key.kind == "tool" ? 1 : 0; });
  CHECK(tools == 1);
}

TEST_CASE("call counts: more names than are kept apart are one, too") {
  CallCounts counts;
  registry::Item item{.kind = mcp::ItemKind::kTool, .name = "", .key = "", .plugin_id = "p"};
  for (std::size_t i = 0; i < 2 * CallCounts::kMaxTools; ++i) {
    item.name = "t" + std::to_string(i);
    counts.of(&item, {}).ended[0].add();
  }
  std::size_t tools = 0;
  std::uint64_t calls = 0;
  counts.each([&](const CallCounts::Key&, const ItemCounts& one) {
    ++tools;
    calls += one.total();
  });
  CHECK(tools == CallCounts::kMaxTools + 1);
  CHECK(calls == 2 * CallCounts::kMaxTools);
  item.name = "t0";
  CHECK(counts.of(&item, {}).total() == 1);
}

TEST_CASE("call counts: a cancelled call ends once, whatever its plugin says later") {
  ItemStage stage;
  const auto call = stage.request(std::make_shared<Client>(), "tools/call", kCallT);
  stage.dispatcher.cancel(call);
  CHECK(ended(stage, EndedAs::kCancelled) == 1);
  stage.complete(stage.last(), text_result());
  const ItemCounts& counts = counts_of(stage, "tool", "t");
  CHECK(counts.total() == 1);
  CHECK(counts.in_flight.value() == 0);
  CHECK(all(counts.run.read()) == 1);
}

TEST_CASE("call counts: a busy plugin and a stopped server are told apart") {
  ItemStage stage{{.concurrency = 1, .queue = 0}};
  stage.request(std::make_shared<Client>(), "tools/call", kCallT);
  stage.request(std::make_shared<Client>(), "tools/call", kCallT);
  CHECK(ended(stage, EndedAs::kBusy) == 1);
  std::size_t running = 0;
  stage.dispatcher.each_lane([&](const call::Lane& lane) { running += lane.running(); });
  CHECK(running == 1);
  stage.dispatcher.stop_accepting();
  stage.dispatcher.answer_rest();
  CHECK(ended(stage, EndedAs::kStopped) == 1);
  CHECK(counts_of(stage, "tool", "t").in_flight.value() == 0);
}

TEST_CASE("call counts: each round of a call that asks is a call; in between none is in flight") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  const auto session = open_session();
  stage.request(client, "tools/call", kCallT,
                {.features = ItemStage::kAllFeatures, .session = session});
  const ItemCounts& counts = counts_of(stage, "tool", "t");
  stage.complete(stage.last(), asks(kAskName));
  CHECK(ended(stage, EndedAs::kInputRequired) == 1);
  CHECK(counts.in_flight.value() == 0);
  REQUIRE(client->asked.size() == 1);
  const std::string id = "\"" + member_of(client->asked.front(), {"id"}) + "\"";
  CHECK(stage.respond(session, id, R"("result":{"action":"accept","content":{"name":"x"}})"));
  CHECK(counts.in_flight.value() == 1);
  stage.complete(stage.last(), text_result());
  CHECK(ended(stage, EndedAs::kOk) == 1);
  CHECK(counts.in_flight.value() == 0);
}

TEST_CASE("call counts: other kinds of items are counted by kind") {
  ItemStage stage;
  stage.request(std::make_shared<Client>(), "resources/read", R"("uri":"r://a")");
  stage.request(std::make_shared<Client>(), "resources/read", R"("uri":"t://1/2")");
  stage.request(std::make_shared<Client>(), "resources/read", R"("uri":"x://unknown")");
  stage.request(std::make_shared<Client>(), "prompts/get", R"("name":"no such")");
  CHECK(counts_of(stage, "template", "").in_flight.value() == 1);
  CHECK(ended(stage, EndedAs::kUnknown, "", "prompt") == 1);
  std::uint64_t known = 0;
  std::uint64_t unknown = 0;
  stage.dispatcher.counts().each([&](const CallCounts::Key& key, const ItemCounts& counts) {
    if (key.kind != "resource") return;
    known += key.plugin.empty() ? 0 : static_cast<std::uint64_t>(counts.in_flight.value());
    unknown += key.plugin.empty() ? counts.total() : 0;
  });
  CHECK(known == 1);
  CHECK(unknown == 1);
}

TEST_CASE("slow calls: one line says where the time went, and nothing of the arguments") {
  const auto place = std::filesystem::temp_directory_path() /
                     ("toolpost-slow-calls-" + std::to_string(::getpid()));
  {
    auto log = *Log::open({.level = LogLevel::kWarn, .file = place.string()});
    call::SlowCalls slow{*log};
    const auto item = std::make_shared<registry::Item>(
        registry::Item{.kind = mcp::ItemKind::kTool, .name = "t", .key = "t", .plugin_id = "p"});
    call::Call call{1, item, nullptr};
    call.principal.name = "ann";
    call.arguments = R"({"secret":"s3cret"})";
    const auto at = [&](int ms) { return call.arrived + std::chrono::milliseconds{ms}; };
    call.arrived = call::Clock::now();
    call.begun = at(30);
    slow.ended(call, EndedAs::kOk, at(1000));  // no threshold
    slow.set_threshold(std::chrono::milliseconds{100});
    slow.ended(call, EndedAs::kOk, at(100));
    slow.ended(call, EndedAs::kToolError, at(250));
    call.begun = {};
    slow.ended(call, EndedAs::kCancelled, at(400));
  }
  std::ifstream in{place};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::filesystem::remove(place);
  REQUIRE(lines.size() == 2);
  const auto has = [&](std::size_t line, std::string_view part) {
    return lines[line].find(part) != std::string::npos;
  };
  CHECK(has(0, R"("user":"ann")"));
  CHECK(has(0, R"("item":"t")"));
  CHECK(has(0, R"("queue_ms":30)"));
  CHECK(has(0, R"("run_ms":220)"));
  CHECK(has(0, R"("ended":"tool_error")"));
  CHECK(has(1, R"("queue_ms":400)"));
  CHECK(has(1, R"("run_ms":0)"));
  CHECK_FALSE(has(0, "s3cret"));
}
