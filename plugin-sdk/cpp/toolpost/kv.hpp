// SPDX-License-Identifier: Apache-2.0
// Values that the replicas of a server share for a while: a cache over the extension toolpost.kv/1,
// which the operator grants. Everything has to work without it.
#pragma once

#include <toolpost/ext/kv.h>
#include <toolpost/plugin.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::sdk {

namespace detail {
class HostLink;
}  // namespace detail

// Cheap to make and to copy. Worker threads and threads of the plugin's own, between start() and
// stop(); each function blocks for a short time. Once the plugin is destroyed nothing is found and
// nothing is kept. Typical use:
//   if (auto known = kv.get(name)) return *known;
//   ... work it out ...
//   kv.set(name, result, std::chrono::hours(24));
// A key names all that its value depends on: a value that somebody put back into the store is taken
// for a new one.
class Kv {
 public:
  static constexpr std::size_t kMaxKey = TOOLPOST_KV_MAX_KEY;
  static constexpr std::size_t kMaxValue = TOOLPOST_KV_MAX_VALUE;

  // What the constructor of a Plugin is given.
  explicit Kv(const Context& context);

  // Whether there is a store and the plugin may use it. Otherwise the others do nothing, fast.
  bool is_available() const noexcept;

  // Nothing: there is no such value, or the store does not answer.
  std::optional<std::string> get(std::string_view key) const;

  // Whether it was kept; false where the store does not answer, and for a key, value or life beyond
  // the limits (at most a year).
  bool set(std::string_view key, std::string_view value, std::chrono::seconds life) const noexcept;

  // Whether it is gone.
  bool remove(std::string_view key) const noexcept;

 private:
  const toolpost_kv* table() const noexcept;

  std::shared_ptr<detail::HostLink> link_;
};

}  // namespace toolpost::sdk
