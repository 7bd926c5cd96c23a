// SPDX-License-Identifier: Apache-2.0
// What the plugins offer. A snapshot never changes, so a request sees one state from beginning to
// end; publishing makes the next one.
#pragma once

#include "base/error.hpp"
#include "json/schema/schema.hpp"
#include "mcp/definition.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::registry {

// Whether a long call may become a task (TOOLPOST_ITEM_TASK_*).
enum class TaskMode : std::uint8_t { kNever, kAllowed, kRequired };

struct Item {
  mcp::ItemKind kind = mcp::ItemKind::kTool;
  // As clients see it: a tool or prompt with the operator's prefix, a URI, a URI template, or what
  // mcp::make_completion_key() makes.
  std::string name;
  std::string key;  // as its plugin knows it
  std::string plugin_id;
  std::size_t lane = 0;  // the plugin's place in the dispatcher
  mcp::Traits traits{};
  bool trusted = false;  // the operator lets the traits decide about access
  mcp::Definition definition{};
  std::optional<json::Schema> input{};   // tools have one
  std::optional<json::Schema> output{};  // tools may have one
  std::chrono::milliseconds timeout{0};
  std::uint32_t client_features = 0;  // TOOLPOST_CLIENT_* that a client must have
  TaskMode task = TaskMode::kNever;
  std::shared_ptr<const void> handle{};  // the backend's own record of the item
};

using Items = std::vector<std::shared_ptr<const Item>>;

class Snapshot {
 public:
  Snapshot() = default;

  // Each list must be sorted by name and without duplicates.
  explicit Snapshot(std::array<Items, mcp::kItemKinds> items) : items_(std::move(items)) {}

  const Items& items(mcp::ItemKind kind) const noexcept {
    return items_[static_cast<std::size_t>(kind)];
  }

  // Null when there is none of that name.
  std::shared_ptr<const Item> find(mcp::ItemKind kind, std::string_view name) const noexcept;

  // What is read at that URI: the resource of that name, else the template that fits it best.
  struct Readable {
    std::shared_ptr<const Item> item;
    mcp::UriTemplate::Variables variables{};  // of a template
  };

  Readable find_readable(std::string_view uri) const;

 private:
  std::array<Items, mcp::kItemKinds> items_;
};

// Owned by the I/O thread, like everything that decides about requests.
class Registry {
 public:
  // Told of each kind whose list has changed, after it has.
  using Listener = std::function<void(mcp::ItemKind)>;

  Registry() : snapshot_(std::make_shared<const Snapshot>()) {}

  void on_change(Listener listener) { listener_ = std::move(listener); }

  std::shared_ptr<const Snapshot> snapshot() const noexcept { return snapshot_; }

  // All or nothing. A name that is taken is an error that names both plugins.
  Result<> publish(Items items);

  // All or nothing: what those plugins offer goes, and `items` come in its place. Only of lists
  // that clients see differ afterwards is anybody told.
  Result<> exchange(std::span<const std::string> plugin_ids, Items items);

  // False when that plugin has no such item.
  bool withdraw(std::string_view plugin_id, mcp::ItemKind kind, std::string_view key);
  void withdraw_all(std::string_view plugin_id);

 private:
  using Lists = std::array<Items, mcp::kItemKinds>;

  void replace(Lists lists, const std::array<bool, mcp::kItemKinds>& changed);

  std::shared_ptr<const Snapshot> snapshot_;
  Listener listener_;
};

}  // namespace toolpost::registry
