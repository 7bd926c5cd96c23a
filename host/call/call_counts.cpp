// SPDX-License-Identifier: Apache-2.0
#include "call/call_counts.hpp"

#include <tuple>

namespace toolpost::call {
namespace {

std::string_view kind_of(const registry::Item& item) {
  switch (item.kind) {
    case mcp::ItemKind::kTool:
      return "tool";
    case mcp::ItemKind::kResource:
      return "resource";
    case mcp::ItemKind::kTemplate:
      return "template";
    case mcp::ItemKind::kPrompt:
      return "prompt";
    case mcp::ItemKind::kCompletion:
      break;
  }
  return "completion";
}

// Of a request that is for no item.
std::string_view kind_of(std::string_view method) {
  if (method == "tools/call") return "tool";
  if (method == "resources/read") return "resource";
  if (method == "prompts/get") return "prompt";
  if (method == "completion/complete") return "completion";
  return "request";
}

auto tied(const auto& key) {
  return std::tuple<std::string_view, std::string_view, std::string_view>{key.plugin, key.kind,
                                                                          key.tool};
}

}  // namespace

std::uint64_t ItemCounts::total() const noexcept {
  std::uint64_t sum = 0;
  for (const Counter& one : ended) sum += one.value();
  return sum;
}

bool CallCounts::Less::operator()(const Key& a, const Sought& b) const noexcept {
  return tied(a) < tied(b);
}

bool CallCounts::Less::operator()(const Sought& a, const Key& b) const noexcept {
  return tied(a) < tied(b);
}

ItemCounts& CallCounts::of(const registry::Item* item, std::string_view method) {
  Sought key;
  if (item == nullptr) {
    key = {{}, kind_of(method), {}};
    if (key.kind == "tool") key.tool = kUnknown;
  } else {
    key = {item->plugin_id, kind_of(*item), {}};
    if (key.kind == "tool") key.tool = item->name;
  }
  auto place = items_.find(key);
  if (place != items_.end()) return *place->second;
  // A plugin may register and withdraw as many names as it likes; they are not all remembered.
  if (!key.tool.empty() && ++tools_ > kMaxTools) {
    key.tool = kOther;
    place = items_.find(key);
    if (place != items_.end()) return *place->second;
  }
  Key kept{std::string{key.plugin}, std::string{key.kind}, std::string{key.tool}};
  return *items_.emplace(std::move(kept), std::make_unique<ItemCounts>()).first->second;
}

void CallCounts::denied(std::string_view role) {
  const auto place = denials_.find(role);
  if (place != denials_.end()) {
    ++place->second;
  } else {
    denials_.emplace(role, 1);
  }
}

}  // namespace toolpost::call
