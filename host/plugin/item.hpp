// SPDX-License-Identifier: Apache-2.0
// The host's copy of one toolpost_item, and the registry's item that is made of it.
#pragma once

#include "base/error.hpp"
#include "call/backend.hpp"
#include "registry/registry.hpp"

#include <toolpost/plugin.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace toolpost::plugin {

// Kept alive by the registry's snapshots and by live calls; when the last of them lets go, its
// deleter sees to it that the plugin gets its on_release.
class Item {
 public:
  static constexpr std::size_t kMaxKeyBytes = 512;
  static constexpr std::size_t kMaxDefinitionBytes = std::size_t{256} * 1024;

  // Why something is no item.
  struct Flaw {
    toolpost_status status = TOOLPOST_OK;
    const char* what = "";
    std::string key{};  // as far as it can be read
  };

  // Checks shape only and copies. Null when there is a flaw.
  static std::unique_ptr<Item> copy(const toolpost_item* from, Flaw& flaw) noexcept;

  toolpost_kind kind() const noexcept { return item_.kind; }

  const std::string& key() const noexcept { return key_; }

  const std::string& definition() const noexcept { return definition_; }

  std::uint64_t flags() const noexcept { return item_.flags; }

  std::uint32_t timeout_ms() const noexcept { return item_.timeout_ms; }

  std::uint32_t client_features() const noexcept { return item_.client_features; }

  void call(toolpost_call_id id, const toolpost_request& request) const noexcept {
    item_.on_call(item_.user_data, id, &request);
  }

  void cancel(toolpost_call_id id) const noexcept {
    if (item_.on_cancel != nullptr) item_.on_cancel(item_.user_data, id);
  }

  // Calls on_release the first time, and never again.
  void release() noexcept;

 private:
  Item() = default;

  toolpost_item item_{};
  std::string key_;
  std::string definition_;
  std::atomic<bool> released_ = false;
};

// What the operator and the host add to an item.
struct ItemSettings {
  std::string plugin_id;
  std::string prefix;
  std::size_t lane = 0;
  bool trusted = false;
  std::chrono::milliseconds default_timeout{0};
};

// Null for a kind that this host does not know.
std::optional<mcp::ItemKind> kind_of(toolpost_kind kind) noexcept;

Result<std::shared_ptr<const registry::Item>> make_item(const std::shared_ptr<const Item>& item,
                                                        const ItemSettings& settings);

}  // namespace toolpost::plugin
