// SPDX-License-Identifier: Apache-2.0
// What a plugin may offer, in the words of MCP.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace toolpost::mcp {

enum class ItemKind : std::uint8_t { kTool, kResource, kTemplate, kPrompt, kCompletion };

inline constexpr std::size_t kItemKinds = 5;
inline constexpr std::array<ItemKind, kItemKinds> kAllItemKinds = {
    ItemKind::kTool, ItemKind::kResource, ItemKind::kTemplate, ItemKind::kPrompt,
    ItemKind::kCompletion};

// As it is called in messages: "tool", "resource", "resource template", "prompt", "completion".
const char* to_string(ItemKind kind) noexcept;

}  // namespace toolpost::mcp
