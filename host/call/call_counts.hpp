// SPDX-License-Identifier: Apache-2.0
// What is counted of calls, for /metrics (config/metrics.md). Every name here is one that a plugin
// has registered: what a client makes up is counted together.
#pragma once

#include "base/metric.hpp"
#include "call/ending.hpp"
#include "registry/registry.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace toolpost::call {

// Of one tool, or of all of a plugin's items of another kind. Any thread may add.
struct ItemCounts {
  std::array<Counter, kEndings> ended;  // by EndedAs
  Gauge in_flight;
  Counter argument_bytes;
  Counter result_bytes;
  DurationHistogram queue;  // from the arrival to the plugin
  DurationHistogram run;    // in the plugin, to whatever ended the call

  std::uint64_t total() const noexcept;
};

// Belongs to the I/O thread, apart from what of() gives. Nothing is ever removed: a call may still
// count into it.
class CallCounts {
 public:
  // What is called when no item has the name, and when there are too many to be told apart.
  static constexpr std::string_view kUnknown = "_unknown";
  static constexpr std::string_view kOther = "_other";
  static constexpr std::size_t kMaxTools = 1024;

  // `item` may be null; then the method says of which kind it would have been.
  ItemCounts& of(const registry::Item* item, std::string_view method);

  void denied(std::string_view role);

  void fell_behind() noexcept { ++fallen_behind_; }

  struct Key {
    std::string plugin;  // empty: there is no such item
    std::string kind;    // "tool", "resource", "template", "prompt", "completion", "request"
    std::string tool;    // empty: not a tool

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes what the compiler makes for a zero
    auto operator<=>(const Key&) const = default;
  };

  // By plugin, kind and tool.
  template <class Function>
  void each(Function function) const {
    for (const auto& [key, counts] : items_) function(key, *counts);
  }

  // By role; a caller without one has none.
  const std::map<std::string, std::uint64_t, std::less<>>& denials() const noexcept {
    return denials_;
  }

  // Subscriptions that were ended because their clients did not read.
  std::uint64_t fallen_behind() const noexcept { return fallen_behind_; }

 private:
  // A key that is only looked for.
  struct Sought {
    std::string_view plugin;
    std::string_view kind;
    std::string_view tool;
  };

  struct Less {
    using is_transparent = void;

    bool operator()(const Key& a, const Key& b) const noexcept { return a < b; }

    bool operator()(const Key& a, const Sought& b) const noexcept;
    bool operator()(const Sought& a, const Key& b) const noexcept;
  };

  std::map<Key, std::unique_ptr<ItemCounts>, Less> items_;
  std::size_t tools_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> denials_;
  std::uint64_t fallen_behind_ = 0;
};

}  // namespace toolpost::call
