// SPDX-License-Identifier: Apache-2.0
// A plugin whose tools are the functions of Kv, and say how long each took.
#include <toolpost/kv.hpp>
#include <toolpost/sdk.hpp>

using namespace toolpost::sdk;

namespace {

using Clock = std::chrono::steady_clock;

Result timed(Json result, Clock::time_point began) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  result.set("took_us", static_cast<std::int64_t>(took.count()));
  return Result::structured(std::move(result));
}

class KvFixture final : public Plugin {
 public:
  explicit KvFixture(const Context& context) : Plugin(context), kv_(context) {}

  void start() override {
    add(Tool("kv_get")
            .description("Gets a value.")
            .input(Schema::object().required("key", Schema::string("Its key")))
            .read_only()
            .run([this](const Call& call) {
              const auto began = Clock::now();
              const auto value = kv_.get(call.arguments().at("key").as_string());
              Json result = Json::object({{"found", value.has_value()}});
              if (value) result.set("value", value->size() > 4096 ? "" : *value);
              if (value) result.set("size", static_cast<std::int64_t>(value->size()));
              return timed(std::move(result), began);
            }));
    add(Tool("kv_set")
            .description("Keeps a value; one of so many bytes where a size is given.")
            .input(Schema::object()
                       .required("key", Schema::string("Its key"))
                       .optional("value", Schema::string("What to keep"))
                       .optional("size", Schema::integer())
                       .optional("life_s", Schema::integer()))
            .run([this](const Call& call) {
              std::string value = call.arguments().value_or("value", "");
              const std::int64_t size = call.arguments().value_or("size", std::int64_t{0});
              if (size > 0) value.assign(static_cast<std::size_t>(size), 'x');
              const std::chrono::seconds life(
                  call.arguments().value_or("life_s", std::int64_t{60}));
              const auto began = Clock::now();
              const bool kept = kv_.set(call.arguments().at("key").as_string(), value, life);
              return timed(Json::object({{"kept", kept}}), began);
            }));
    add(Tool("kv_available")
            .description("Whether there is a store.")
            .read_only()
            .run([this](const Call&) {
              return Result::structured(Json::object({{"available", kv_.is_available()}}));
            }));
  }

 private:
  const Kv kv_;
};

}  // namespace

TOOLPOST_PLUGIN(KvFixture, PluginInfo("io.toolpost.kv-fixture", "1.0.0"));
