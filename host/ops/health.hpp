// SPDX-License-Identifier: Apache-2.0
// What /livez, /readyz and /health answer. Everybody may read it, so it names what is checked and
// what would mend it, and nothing else.
#pragma once

#include "plugin/health_poll.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace toolpost::ops {

struct ReadyCheck {
  bool ok = true;
  std::string reason{};  // one sentence, when it is not
};

struct HealthAnswer {
  int status = 200;
  std::string json;
};

// Belongs to the I/O thread.
class Health {
 public:
  static constexpr std::size_t kMaxBytes = 1024;

  explicit Health(std::string version) : version_(std::move(version)) {}

  // Asked at every /readyz, in this order; must not block.
  void add_check(std::string name, std::function<ReadyCheck()> check);

  // From now on not ready: no new work should come here.
  void begin_draining() noexcept { draining_ = true; }

  // The event loop turns, else nobody would ask.
  static HealthAnswer livez();
  HealthAnswer readyz() const;
  // With the facts of the plugins, the first that says something of a name, and before them the ids
  // of those that are enabled and have not started, and of those whose circuit is open
  // (call/circuit.hpp). Not larger than kMaxBytes: what does not
  // fit, and facts that are not what they may be, are left out.
  HealthAnswer health(std::span<const plugin::PluginHealth> plugins,
                      std::span<const std::string> open_circuits = {},
                      std::span<const std::string> not_started = {}) const;

 private:
  struct Named {
    std::string name;
    std::function<ReadyCheck()> check;
  };

  std::string version_;
  std::vector<Named> checks_;
  bool draining_ = false;
};

}  // namespace toolpost::ops
