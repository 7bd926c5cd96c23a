// SPDX-License-Identifier: Apache-2.0
// The life of a plugin and of its calls, seen from the host's side of the table.
#include "fake_host.hpp"

#include <toolpost/sdk.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <thread>

namespace toolpost::sdk::test {
namespace {

using namespace std::string_literals;

// Its tools are one handler each; a test reaches it through the pointer that it leaves in the host.
class Subject final : public Plugin {
 public:
  explicit Subject(const Context& context) : Plugin(context) {
    if (this->config()["refuse"].value_or("create", false)) {
      throw Error(Status::kUnavailable, "configured to fail");
    }
    if (this->config()["refuse"].value_or("unknown", false)) throw 7;
  }

  void start() override {
    if (config().value_or("fail_start", false)) throw std::runtime_error("s3cret");
    add(Tool("echo")
            .input(Schema::object().required("text", Schema::string()))
            .run([](const Call& call) {
              return Result::text(call.arguments().at("text").as_string());
            }));
    add(Tool("about").run([this](const Call& call) {
      return Result::structured(Json::object({{"instance", instance_name()},
                                              {"data", data_dir()},
                                              {"principal", call.caller().principal},
                                              {"tool", call.name()},
                                              {"token", call.meta()["progressToken"]},
                                              {"form", call.can_elicit_form()},
                                              {"url", call.can_elicit_url()}}));
    }));
    add(Tool("throw").run([](const Call& call) -> Result {
      const std::string what = call.arguments().value_or("what", "");
      if (what == "error") throw Error(Status::kDenied, "not\nyou");
      if (what == "memory") throw std::bad_alloc();
      if (what == "number") throw 3;
      throw std::runtime_error("s3cret");
    }));
    add(Tool("keep").run_async([this](Call call) { kept = std::move(call); }));
    add(Tool("drop").run_async([](Call) {}));
    add(Tool("keep-then-throw").run_async([this](Call call) {
      kept = std::move(call);
      throw std::runtime_error("late");
    }));
    add(Tool("swallow").run_async([](Call call) {
      try {
        const Call inner = std::move(call);
        throw 1;
      } catch (int) {  // the call has unwound by now
      }
    }));
    add(Tool("ask").run([](const Call& call) -> Result {
      if (call.round() == 0) return InputRequired().ask("q", Json::object()).state("s\0t"s);
      return Result::text(std::string(call.state()) + call.answers().dump());
    }));
    current = this;
  }

  std::optional<Call> kept;
  static inline Subject* current = nullptr;
};

class Dynamic final : public Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    add(Tool("held").run([held = std::make_shared<int>(1)](const Call&) {
      watched = held;
      return Result();
    }));
    CHECK_THROWS_AS(remove_tool("unknown"), Error);
    CHECK(host_extension("test.self/1") != nullptr);
    CHECK(host_extension("test.other/1") == nullptr);
    CHECK_THROWS_WITH(add(Tool("idle")), "tool 'idle' has no handler");
  }

  static inline std::weak_ptr<int> watched;
};

const toolpost_entry& subject_entry() {
  static constexpr toolpost_entry entry = PluginInfo("test.subject", "1.2.3")
                                              .name("Subject")
                                              .vendor("Tests")
                                              .entry(&detail::create<Subject>);
  return entry;
}

struct Started : FakeHost {
  Started() {
    REQUIRE(create(subject_entry()) == TOOLPOST_OK);
    REQUIRE(start() == TOOLPOST_OK);
  }

  // The destructor of Subject, and its kept Call, must run while the host still lives.
  ~Started() { destroy(); }

  std::optional<Call>& kept() { return Subject::current->kept; }
};

std::string text_of(const Completion& completion) {
  return completion.json()["content"].as_array().at(0)["text"].as_string();
}

}  // namespace

TEST_CASE("plugin: the entry is a constant") {
  CHECK(subject_entry().struct_size == sizeof(toolpost_entry));
  CHECK(subject_entry().abi_version == TOOLPOST_ABI_VERSION);
  CHECK(std::string_view(subject_entry().id.data, subject_entry().id.size) == "test.subject");
}

TEST_CASE("plugin: create and start report why they failed, without foreign texts") {
  FakeHost host;
  CHECK(host.create(subject_entry(), R"({"refuse":{"create":true}})") == TOOLPOST_E_UNAVAILABLE);
  CHECK(host.last_error() == "configured to fail");
  CHECK(host.create(subject_entry(), R"({"refuse":{"unknown":true}})") == TOOLPOST_E_INTERNAL);
  CHECK(host.create(subject_entry(), "{") == TOOLPOST_E_INVALID);
  REQUIRE(host.create(subject_entry(), R"({"fail_start":true})") == TOOLPOST_OK);
  CHECK(host.start() == TOOLPOST_E_INTERNAL);
  CHECK(host.last_error() == "the plugin failed unexpectedly");
  for (const std::string& line : host.logs()) CHECK(line.find("s3cret") == std::string::npos);
}

TEST_CASE("plugin: a tool the host refuses fails the start and names it") {
  FakeHost host;
  REQUIRE(host.create(subject_entry()) == TOOLPOST_OK);
  host.refuse_items(TOOLPOST_E_LIMIT);
  CHECK(host.start() == TOOLPOST_E_LIMIT);
  CHECK(host.last_error() == "the host refused tool 'echo' (status -9)");
}

TEST_CASE("plugin: an old host with a shorter table is refused") {
  toolpost_host shorter{};
  shorter.struct_size = 24;
  toolpost_create_args args{};
  args.struct_size = sizeof(args);
  const toolpost_plugin* plugin = nullptr;
  CHECK(subject_entry().create(&shorter, nullptr, &args, &plugin) == TOOLPOST_E_UNSUPPORTED);
}

TEST_CASE("call: a synchronous handler answers") {
  Started host;
  FakeRequest request;
  request.arguments = R"({"text":"h\u00e9llo"})";
  const Completion completion = host.wait(host.call("echo", request));
  CHECK(completion.status == TOOLPOST_OK);
  CHECK(text_of(completion) == "h\u00e9llo");
}

TEST_CASE("call: what the handler learns about itself and the caller") {
  Started host;
  FakeRequest request;
  request.meta = R"({"progressToken":5})";
  request.client_features = TOOLPOST_CLIENT_ELICIT_FORM;
  const Completion completion = host.wait(host.call("about", request));
  CHECK(completion.json()["structuredContent"] ==
        Json::parse(R"({"instance":"main","data":"/data","principal":"alice","tool":"about",
                        "token":5,"form":true,"url":false})"));
}

TEST_CASE("call: whatever a handler throws becomes one failure without foreign texts") {
  Started host;
  const auto outcome_of = [&](const char* what) {
    FakeRequest request;
    request.arguments = Json::object({{"what", what}}).dump();
    return host.wait(host.call("throw", request));
  };
  CHECK(outcome_of("error").status == TOOLPOST_E_DENIED);
  CHECK(outcome_of("error").message == "not you");
  CHECK(outcome_of("memory").status == TOOLPOST_E_LIMIT);
  CHECK(outcome_of("number").status == TOOLPOST_E_INTERNAL);
  CHECK(outcome_of("exception").message == "the plugin failed unexpectedly");
  for (const std::string& line : host.logs()) CHECK(line.find("s3cret") == std::string::npos);
}

TEST_CASE("call: a wrong argument type is the caller's error, by name") {
  Started host;
  const Completion completion = host.wait(host.call("echo"));
  CHECK(completion.status == TOOLPOST_E_INVALID);
  CHECK(completion.message == "JSON: member 'text' is missing");
}

TEST_CASE("call: exactly one completion, whichever way the Call goes") {
  Started host;
  SUBCASE("dropped") {
    CHECK(host.wait(host.call("drop")).message == "the plugin dropped the call unanswered");
    CHECK(host.completions().size() == 1);
  }
  SUBCASE("lost in an exception the handler swallows") {
    CHECK(host.wait(host.call("swallow")).status == TOOLPOST_E_INTERNAL);
    CHECK(host.completions().size() == 1);
  }
  SUBCASE("kept, although the handler throws") {
    const toolpost_call_id id = host.call("keep-then-throw");
    CHECK(host.completions().empty());
    CHECK(host.kept()->complete(Result::text("fine")) == Status::kOk);
    CHECK(text_of(host.wait(id)) == "fine");
  }
  SUBCASE("completed twice") {
    host.call("keep");
    CHECK(host.kept()->complete(Result::text("first")) == Status::kOk);
    CHECK(host.kept()->complete(Result::text("second")) == Status::kState);
    CHECK(host.completions().size() == 1);
    CHECK(host.logs().back().find("completed twice") != std::string::npos);
  }
  SUBCASE("overwritten by another") {
    const toolpost_call_id first = host.call("keep");
    host.call("keep");
    CHECK(host.wait(first).status == TOOLPOST_E_INTERNAL);
    host.kept().reset();
    CHECK(host.completions().size() == 2);
  }
}

TEST_CASE("call: completed from another thread") {
  Started host;
  const toolpost_call_id id = host.call("keep");
  std::thread([call = std::move(*host.kept())]() mutable {
    call.progress(1, 2, "half");
    call.log(Severity::kInfo, "working");
    call.complete(Result::text("done"));
  }).join();
  CHECK(text_of(host.wait(id)) == "done");
  CHECK(host.progress() == std::vector<std::string>{"1/2 half"});
  CHECK(host.logs() == std::vector<std::string>{std::to_string(id) + "/9: working"});
}

TEST_CASE("call: on_cancel runs each callback once, in order") {
  Started host;
  const toolpost_call_id id = host.call("keep");
  std::string order;
  host.kept()->on_cancel([&] { order += 'a'; });
  host.kept()->on_cancel([&] { order += 'b'; });
  CHECK_FALSE(host.kept()->is_cancelled());
  host.cancel("keep", id);
  host.cancel("keep", id);
  CHECK(order == "ab");
  CHECK(host.kept()->is_cancelled());
  host.kept()->on_cancel([&] { order += 'c'; });
  CHECK(order == "abc");
}

TEST_CASE("call: on_cancel runs at once when only the host's flag is set so far") {
  Started host;
  const toolpost_call_id id = host.call("keep");
  host.mark_cancelled(id);
  int runs = 0;
  host.kept()->on_cancel([&] { ++runs; });
  host.cancel("keep", id);
  CHECK(runs == 1);
}

TEST_CASE("call: after the completion on_cancel does nothing, and a callback may complete") {
  Started host;
  const toolpost_call_id first = host.call("keep");
  int runs = 0;
  host.kept()->on_cancel([&] { ++runs; });
  host.kept()->complete(Result());
  host.cancel("keep", first);
  host.kept()->on_cancel([&] { ++runs; });
  CHECK(runs == 0);

  const toolpost_call_id second = host.call("keep");
  host.kept()->on_cancel(
      [&] { host.kept()->complete(Result::failure(Status::kCancelled, "stopped")); });
  host.cancel("keep", second);
  CHECK(host.wait(second).status == TOOLPOST_E_CANCELLED);
}

TEST_CASE("call: a callback that throws stops nothing") {
  Started host;
  const toolpost_call_id id = host.call("keep");
  bool ran = false;
  host.kept()->on_cancel([] { throw 1; });
  host.kept()->on_cancel([&] { ran = true; });
  host.cancel("keep", id);
  CHECK(ran);
}

TEST_CASE("call: registering, cancelling and completing at the same time") {
  Started host;
  for (int round = 0; round < 500; ++round) {
    const toolpost_call_id id = host.call("keep");
    std::atomic<int> runs{0};
    std::thread canceller([&] { host.cancel("keep", id); });
    host.kept()->on_cancel([&] { ++runs; });
    canceller.join();
    CHECK(runs == 1);
    std::thread late([&] { host.cancel("keep", id); });
    host.kept()->complete(Result());
    late.join();
    CHECK(runs == 1);
  }
  CHECK(host.completions().size() == 500);
}

TEST_CASE("call: remaining time") {
  Started host;
  host.call("keep");
  CHECK_FALSE(host.kept()->remaining());
  host.set_remaining(250);
  CHECK(host.kept()->remaining() == std::chrono::milliseconds(250));
  host.kept()->complete(Result());
  CHECK(host.kept()->remaining() == std::chrono::milliseconds(0));
}

TEST_CASE("call: the request is out of reach once the call is completed") {
  Started host;
  host.call("keep");
  host.kept()->complete(Result());
  CHECK(host.kept()->name().empty());
  CHECK(host.kept()->arguments_text().empty());
  CHECK(host.kept()->caller().principal.empty());
  CHECK(host.kept()->is_cancelled());
}

TEST_CASE("call: a question and the second round") {
  Started host;
  const Completion question = host.wait(host.call("ask"));
  CHECK(question.kind == TOOLPOST_OUTCOME_INPUT_REQUIRED);
  CHECK(question.resume_state == "s\0t"s);
  FakeRequest again;
  again.round = 1;
  again.resume_state = question.resume_state;
  again.input_responses = R"({"q":{"action":"accept"}})";
  CHECK(text_of(host.wait(host.call("ask", again))) == "s\0t"s + again.input_responses);
}

TEST_CASE("plugin: a Call that outlives its plugin is inert") {
  FakeHost host;
  REQUIRE(host.create(subject_entry()) == TOOLPOST_OK);
  REQUIRE(host.start() == TOOLPOST_OK);
  host.call("keep");
  Call call = std::move(*Subject::current->kept);
  host.stop();
  host.destroy();
  CHECK(call.complete(Result::text("too late")) == Status::kState);
  CHECK(host.completions().empty());
}

TEST_CASE("plugin: released tools free what they hold, and removal is checked") {
  static constexpr toolpost_entry entry =
      PluginInfo("test.dynamic", "1.0.0").entry(&detail::create<Dynamic>);
  FakeHost host;
  REQUIRE(host.create(entry) == TOOLPOST_OK);
  REQUIRE(host.start() == TOOLPOST_OK);
  host.wait(host.call("held"));
  CHECK_FALSE(Dynamic::watched.expired());
  host.release("held");
  CHECK(Dynamic::watched.expired());
}

}  // namespace toolpost::sdk::test
