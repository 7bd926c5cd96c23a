// SPDX-License-Identifier: Apache-2.0
#include "mcp/item_kind.hpp"

namespace toolpost::mcp {

const char* to_string(ItemKind kind) noexcept {
  switch (kind) {
    case ItemKind::kTool:
      return "tool";
    case ItemKind::kResource:
      return "resource";
    case ItemKind::kTemplate:
      return "resource template";
    case ItemKind::kPrompt:
      return "prompt";
    case ItemKind::kCompletion:
      return "completion";
  }
  return "item";
}

}  // namespace toolpost::mcp
