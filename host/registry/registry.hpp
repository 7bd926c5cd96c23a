// SPDX-License-Identifier: Apache-2.0
// What the plugins offer. A snapshot never changes, so a request sees one state from beginning to
// end; publishing makes the next one.
#pragma once

#include "base/error.hpp"
#include "json/schema/schema.hpp"
#include "mcp/tool_definition.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::registry {

struct Tool {
  std::string name;  // as clients see it, with the operator's prefix
  std::string key;   // as its plugin knows it
  std::string plugin_id;
  std::size_t lane = 0;  // the plugin's place in the dispatcher
  mcp::ToolTraits traits{};
  bool trusted = false;  // the operator lets the traits decide about access
  mcp::ToolDefinition definition{};
  json::Schema input;
  std::optional<json::Schema> output{};
  std::chrono::milliseconds timeout{0};
  std::uint32_t client_features = 0;     // TOOLPOST_CLIENT_* that a client must have
  std::shared_ptr<const void> handle{};  // the backend's own record of the item
};

class Snapshot {
 public:
  Snapshot() = default;

  // `tools` must be sorted by name and without duplicates.
  explicit Snapshot(std::vector<std::shared_ptr<const Tool>> tools) : tools_(std::move(tools)) {}

  const std::vector<std::shared_ptr<const Tool>>& tools() const noexcept { return tools_; }

  // Null when there is none of that name.
  std::shared_ptr<const Tool> find_tool(std::string_view name) const noexcept;

 private:
  std::vector<std::shared_ptr<const Tool>> tools_;
};

// Owned by the I/O thread, like everything that decides about requests.
class Registry {
 public:
  Registry() : snapshot_(std::make_shared<const Snapshot>()) {}

  std::shared_ptr<const Snapshot> snapshot() const noexcept { return snapshot_; }

  // All or nothing. A name that is taken is an error that names both plugins.
  Result<> publish(std::vector<std::shared_ptr<const Tool>> tools);

  // False when that plugin has no such tool.
  bool withdraw(std::string_view plugin_id, std::string_view key);
  void withdraw_all(std::string_view plugin_id);

 private:
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace toolpost::registry
