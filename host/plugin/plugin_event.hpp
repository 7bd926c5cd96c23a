// SPDX-License-Identifier: Apache-2.0
// What becomes of plugins, for whoever keeps a record of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace toolpost::plugin {

// It has its own texts: some are told later, when what they are about has gone.
struct PluginEvent {
  std::string id;
  // "started"; "refused" (not let in: manifest, trust, configuration); "failed" (its start);
  // "stopped"; "abandoned" (its code still runs); "added", "withdrew" (an item, later).
  std::string_view what;
  std::string version{};
  std::string sha256{};
  std::int64_t items = -1;  // negative: does not apply
  std::string item{};
  std::string reason{};
};

// On the main thread; may be empty.
using PluginListener = std::function<void(const PluginEvent&)>;

}  // namespace toolpost::plugin
