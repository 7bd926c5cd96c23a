// SPDX-License-Identifier: Apache-2.0
#include "registry/registry.hpp"

#include <algorithm>

namespace toolpost::registry {
namespace {

// Between two plugins it is the operator's to mend, within one it is that plugin's defect.
Error collision(const Item& one, const Item& other) {
  const Errc code = one.plugin_id == other.plugin_id ? Errc::kInvalid : Errc::kExists;
  const bool has_prefix = one.kind == mcp::ItemKind::kTool || one.kind == mcp::ItemKind::kPrompt;
  const std::string owners =
      one.plugin_id == other.plugin_id
          ? "twice by plugin " + one.plugin_id
          : "by plugin " + one.plugin_id + " and by plugin " + other.plugin_id +
                (has_prefix ? "; give one of them a prefix" : "; only one of them can be enabled");
  return {code,
          std::string{mcp::to_string(one.kind)} + " \"" + one.name + "\" is offered " + owners};
}

void sort(Items& items) {
  std::stable_sort(items.begin(), items.end(),
                   [](const auto& a, const auto& b) { return a->name < b->name; });
}

// An error that names both owners of a name that stands in a sorted list twice.
Result<> check_names(const Items& list) {
  const auto twice = std::adjacent_find(
      list.begin(), list.end(), [](const auto& a, const auto& b) { return a->name == b->name; });
  if (twice != list.end()) return collision(**twice, **(twice + 1));
  return {};
}

// What a client can tell from a list, and what decides whether it is shown.
bool looks_alike(const Item& one, const Item& other) {
  return one.name == other.name && one.plugin_id == other.plugin_id &&
         one.trusted == other.trusted && one.traits == other.traits &&
         one.definition.by_version == other.definition.by_version;
}

bool look_alike(const Items& one, const Items& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const auto& a, const auto& b) { return looks_alike(*a, *b); });
}

}  // namespace

std::shared_ptr<const Item> Snapshot::find(mcp::ItemKind kind,
                                           std::string_view name) const noexcept {
  const Items& all = items(kind);
  const auto place = std::lower_bound(
      all.begin(), all.end(), name,
      [](const std::shared_ptr<const Item>& item, std::string_view n) { return item->name < n; });
  return place != all.end() && (*place)->name == name ? *place : nullptr;
}

Snapshot::Readable Snapshot::find_readable(std::string_view uri) const {
  if (auto resource = find(mcp::ItemKind::kResource, uri)) return {std::move(resource)};
  Readable best;
  std::size_t best_size = 0;
  for (const auto& item : items(mcp::ItemKind::kTemplate)) {
    const mcp::UriTemplate& form = *item->definition.uri_template;
    if (best.item && form.literal_size() <= best_size) continue;
    if (auto variables = form.match(uri)) {
      best = {item, std::move(*variables)};
      best_size = form.literal_size();
    }
  }
  return best;
}

Result<> Registry::publish(Items items) {
  Lists lists;
  std::array<bool, mcp::kItemKinds> changed{};
  for (const mcp::ItemKind kind : mcp::kAllItemKinds) {
    lists[static_cast<std::size_t>(kind)] = snapshot_->items(kind);
  }
  for (auto& item : items) {
    const auto kind = static_cast<std::size_t>(item->kind);
    changed[kind] = true;
    lists[kind].push_back(std::move(item));
  }
  for (std::size_t kind = 0; kind < mcp::kItemKinds; ++kind) {
    if (!changed[kind]) continue;
    Items& list = lists[kind];
    sort(list);
    if (auto good = check_names(list); !good) return good;
  }
  replace(std::move(lists), changed);
  return {};
}

Result<> Registry::exchange(std::span<const std::string> plugin_ids, Items items) {
  Lists lists;
  for (const mcp::ItemKind kind : mcp::kAllItemKinds) {
    for (const auto& item : snapshot_->items(kind)) {
      if (std::find(plugin_ids.begin(), plugin_ids.end(), item->plugin_id) == plugin_ids.end()) {
        lists[static_cast<std::size_t>(kind)].push_back(item);
      }
    }
  }
  for (auto& item : items) lists[static_cast<std::size_t>(item->kind)].push_back(std::move(item));
  std::array<bool, mcp::kItemKinds> changed{};
  for (const mcp::ItemKind kind : mcp::kAllItemKinds) {
    Items& list = lists[static_cast<std::size_t>(kind)];
    sort(list);
    if (auto good = check_names(list); !good) return good;
    changed[static_cast<std::size_t>(kind)] = !look_alike(list, snapshot_->items(kind));
  }
  replace(std::move(lists), changed);
  return {};
}

bool Registry::withdraw(std::string_view plugin_id, mcp::ItemKind kind, std::string_view key) {
  Lists lists;
  std::array<bool, mcp::kItemKinds> changed{};
  for (const mcp::ItemKind each : mcp::kAllItemKinds) {
    lists[static_cast<std::size_t>(each)] = snapshot_->items(each);
  }
  const auto place = static_cast<std::size_t>(kind);
  changed[place] = std::erase_if(lists[place], [&](const std::shared_ptr<const Item>& item) {
                     return item->plugin_id == plugin_id && item->key == key;
                   }) != 0;
  if (changed[place]) replace(std::move(lists), changed);
  return changed[place];
}

void Registry::withdraw_all(std::string_view plugin_id) {
  Lists lists;
  std::array<bool, mcp::kItemKinds> changed{};
  for (std::size_t kind = 0; kind < mcp::kItemKinds; ++kind) {
    lists[kind] = snapshot_->items(static_cast<mcp::ItemKind>(kind));
    changed[kind] = std::erase_if(lists[kind], [&](const std::shared_ptr<const Item>& item) {
                      return item->plugin_id == plugin_id;
                    }) != 0;
  }
  replace(std::move(lists), changed);
}

void Registry::replace(Lists lists, const std::array<bool, mcp::kItemKinds>& changed) {
  snapshot_ = std::make_shared<const Snapshot>(std::move(lists));
  if (!listener_) return;
  for (std::size_t kind = 0; kind < mcp::kItemKinds; ++kind) {
    if (changed[kind]) listener_(static_cast<mcp::ItemKind>(kind));
  }
}

}  // namespace toolpost::registry
