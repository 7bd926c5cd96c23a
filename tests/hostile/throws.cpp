// SPDX-License-Identifier: Apache-2.0
// Handlers that throw: a standard exception, and something that is no exception at all.
#include <toolpost/sdk.hpp>

#include <stdexcept>

namespace {

using namespace toolpost::sdk;

class Throws final : public Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    add(Tool("throws").read_only().run(
        [](const Call&) -> Result { throw std::runtime_error("thrown below the barrier"); }));
    add(Tool("throws_int").read_only().run([](const Call&) -> Result { throw 42; }));
  }
};

}  // namespace

TOOLPOST_PLUGIN(Throws,
                PluginInfo("hostile.throws", "1.0.0").name("Hostile").vendor("Toolpost tests"));
