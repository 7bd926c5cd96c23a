// SPDX-License-Identifier: Apache-2.0
// For the sources of PluginHost alone: a plugin whose start() runs on a thread of its own.
#pragma once

#include "async/bounded_step.hpp"
#include "plugin/plugin_host.hpp"

#include <memory>

namespace toolpost::plugin {

struct PluginHost::Starting {
  RunningPlugin running;
  std::shared_ptr<StartOutcome> outcome;
  async::BoundedStep step;
};

}  // namespace toolpost::plugin
