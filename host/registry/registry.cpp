// SPDX-License-Identifier: Apache-2.0
#include "registry/registry.hpp"

#include <algorithm>

namespace toolpost::registry {
namespace {

using Tools = std::vector<std::shared_ptr<const Tool>>;

// Between two plugins it is the operator's to mend, within one it is that plugin's defect.
Error collision(const Tool& one, const Tool& other) {
  const Errc code = one.plugin_id == other.plugin_id ? Errc::kInvalid : Errc::kExists;
  const std::string owners = one.plugin_id == other.plugin_id
                                 ? "twice by plugin " + one.plugin_id
                                 : "by plugin " + one.plugin_id + " and by plugin " +
                                       other.plugin_id + "; give one of them a prefix";
  return {code, "tool \"" + one.name + "\" is offered " + owners};
}

}  // namespace

std::shared_ptr<const Tool> Snapshot::find_tool(std::string_view name) const noexcept {
  const auto place = std::lower_bound(
      tools_.begin(), tools_.end(), name,
      [](const std::shared_ptr<const Tool>& tool, std::string_view n) { return tool->name < n; });
  return place != tools_.end() && (*place)->name == name ? *place : nullptr;
}

Result<> Registry::publish(Tools tools) {
  Tools all = snapshot_->tools();
  all.insert(all.end(), tools.begin(), tools.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a->name < b->name; });
  const auto twice = std::adjacent_find(
      all.begin(), all.end(), [](const auto& a, const auto& b) { return a->name == b->name; });
  if (twice != all.end()) return collision(**twice, **(twice + 1));
  snapshot_ = std::make_shared<const Snapshot>(std::move(all));
  return {};
}

bool Registry::withdraw(std::string_view plugin_id, std::string_view key) {
  Tools rest = snapshot_->tools();
  const auto removed = std::erase_if(rest, [&](const std::shared_ptr<const Tool>& tool) {
    return tool->plugin_id == plugin_id && tool->key == key;
  });
  if (removed != 0) snapshot_ = std::make_shared<const Snapshot>(std::move(rest));
  return removed != 0;
}

void Registry::withdraw_all(std::string_view plugin_id) {
  Tools rest = snapshot_->tools();
  std::erase_if(
      rest, [&](const std::shared_ptr<const Tool>& tool) { return tool->plugin_id == plugin_id; });
  snapshot_ = std::make_shared<const Snapshot>(std::move(rest));
}

}  // namespace toolpost::registry
