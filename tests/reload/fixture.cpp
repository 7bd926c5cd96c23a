// SPDX-License-Identifier: Apache-2.0
// A plugin whose version is that of the build, and whose tools say which instance answers. Built
// several times, so that one file can take the other's place.
#include <toolpost/sdk.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#ifndef FIXTURE_FLAGS
#define FIXTURE_FLAGS 0
#endif

using namespace toolpost::sdk;

namespace {

constexpr std::chrono::milliseconds kPause{5};

// Each instance has a number of its own, and each library of its own begins anew.
std::atomic<std::int64_t> instances = 0;

class ReloadFixture final : public Plugin {
 public:
  explicit ReloadFixture(const Context& context)
      : Plugin(context), greeting_(context.config.value_or("greeting", "hello")) {
    if (context.config.value_or("fail", false)) throw Error(Status::kInternal, "told to fail");
  }

  void start() override {
    add(Tool("who")
            .description("Says who answers, after so long.")
            .input(Schema::object().optional("ms", Schema::integer()))
            .read_only()
            .run([this](const Call& call) {
              std::this_thread::sleep_for(
                  std::chrono::milliseconds(call.arguments().value_or("ms", std::int64_t{0})));
              return Result::structured(me());
            }));
    add(Tool("wait")
            .description("Answers when that file is there, or says that it was cancelled.")
            .input(Schema::object()
                       .required("begun", Schema::string("A pipe that is opened at the beginning"))
                       .required("file", Schema::string("The file that is waited for"))
                       .optional("stubborn", Schema::boolean()))
            .run([this](const Call& call) { return wait(call); }));
    if (!greeting_.empty() && greeting_.front() == '+') {
      add(Tool(greeting_.substr(1))
              .description("Is there by configuration.")
              .read_only()
              .run([this](const Call&) { return Result::structured(me()); }));
    }
    add(Resource("reload://watched", "watched")
            .description("Which resources somebody watches.")
            .read([this](const Call&) {
              const std::lock_guard lock(mutex_);
              std::string text = greeting_;
              for (const std::string& uri : watched_) text += " " + uri;
              return Contents::text(text);
            }));
  }

  void on_interest(std::string_view uri, bool on) override {
    const std::lock_guard lock(mutex_);
    if (on) {
      watched_.emplace(uri);
    } else {
      watched_.erase(std::string(uri));
    }
  }

 private:
  Json me() const {
    return Json::object(
        {{"version", FIXTURE_VERSION}, {"instance", number_}, {"greeting", greeting_}});
  }

  Result wait(const Call& call) {
    const std::string begun = call.arguments().at("begun").as_string();
    const std::string file = call.arguments().at("file").as_string();
    const bool stubborn = call.arguments().value_or("stubborn", false);
    std::ofstream{begun}.close();
    while (!std::filesystem::exists(file)) {
      if (call.is_cancelled() && !stubborn) throw Error(Status::kCancelled, "cancelled");
      std::this_thread::sleep_for(kPause);
    }
    return Result::structured(me());
  }

  const std::string greeting_;
  const std::int64_t number_ = ++instances;
  std::mutex mutex_;
  std::set<std::string> watched_;
};

}  // namespace

TOOLPOST_PLUGIN(ReloadFixture,
                PluginInfo("io.toolpost.reload-fixture", FIXTURE_VERSION)
                    .flags(FIXTURE_FLAGS)
                    .config_schema(R"({"type": "object", "additionalProperties": false,
                        "properties": {"greeting": {"type": "string"},
                                       "fail": {"type": "boolean"}}})"));
