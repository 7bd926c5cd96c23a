// SPDX-License-Identifier: Apache-2.0
#include "call/listing.hpp"

#include <algorithm>

namespace toolpost::call {
namespace {

constexpr std::size_t kItemsPerPage = 250;

std::string_view member_name(mcp::ItemKind kind) {
  switch (kind) {
    case mcp::ItemKind::kResource:
      return "resources";
    case mcp::ItemKind::kTemplate:
      return "resourceTemplates";
    case mcp::ItemKind::kPrompt:
      return "prompts";
    default:
      return "tools";
  }
}

}  // namespace

std::optional<mcp::ItemKind> listed_kind(std::string_view method) noexcept {
  if (method == "tools/list") return mcp::ItemKind::kTool;
  if (method == "resources/list") return mcp::ItemKind::kResource;
  if (method == "resources/templates/list") return mcp::ItemKind::kTemplate;
  if (method == "prompts/list") return mcp::ItemKind::kPrompt;
  return std::nullopt;
}

std::variant<std::string, mcp::Failure> list_page(const registry::Snapshot& snapshot,
                                                  const Access& access,
                                                  const identity::Principal& principal,
                                                  mcp::ItemKind kind, const json::Value* cursor,
                                                  mcp::Version version,
                                                  const mcp::ServerInfo& info) {
  const registry::Items& all = snapshot.items(kind);
  auto place = all.begin();
  if (cursor != nullptr) {
    const auto after = cursor->is_string() ? mcp::read_cursor(cursor->as_string()) : std::nullopt;
    if (!after) return mcp::invalid_params("Invalid params: cursor is not one of this server");
    place = std::upper_bound(
        all.begin(), all.end(), *after,
        [](const std::string& name, const auto& item) { return name < item->name; });
  }
  std::string items;
  std::optional<std::string> next;
  std::size_t count = 0;
  for (std::string_view last; place != all.end(); ++place) {
    const registry::Item& item = **place;
    if (!access.may_use(principal, item, item.name)) continue;
    if (count == kItemsPerPage) {
      next = mcp::make_cursor(last);
      break;
    }
    if (count++ != 0) items.push_back(',');
    items.append(item.definition.text(version));
    last = item.name;
  }
  return mcp::list_result(member_name(kind), items, next, version, info);
}

}  // namespace toolpost::call
