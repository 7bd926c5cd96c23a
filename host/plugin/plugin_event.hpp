// SPDX-License-Identifier: Apache-2.0
// What becomes of plugins, for whoever keeps a record of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace toolpost::plugin {

struct PluginEvent {
  std::string_view id;
  // "started"; "refused" (not let in: manifest, trust, configuration); "failed" (its start);
  // "stopped"; "abandoned" (its code still runs); "added", "withdrew" (an item, later).
  std::string_view what;
  std::string_view version{};
  std::string_view sha256{};
  std::int64_t items = -1;  // negative: does not apply
  std::string_view item{};
  std::string_view reason{};
};

// On the main thread; may be empty.
using PluginListener = std::function<void(const PluginEvent&)>;

}  // namespace toolpost::plugin
