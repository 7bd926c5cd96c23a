// SPDX-License-Identifier: Apache-2.0
// The protocol revisions served, as data: what a revision can carry is asked here and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace toolpost::mcp {

enum class Version : std::uint8_t { k2025_03_26, k2025_06_18, k2025_11_25, k2026_07_28 };

inline constexpr std::size_t kVersionCount = 4;
inline constexpr Version kLatestLegacy = Version::k2025_11_25;

std::string_view to_string(Version version) noexcept;
std::optional<Version> parse_version(std::string_view text) noexcept;

// Newest first, the order in which they are offered.
std::span<const Version> supported_versions() noexcept;

// Modern: every request carries its own version and capabilities in _meta, nothing is remembered.
// Legacy: `initialize` opens a session that says it once.
constexpr bool is_modern(Version version) noexcept {
  return version >= Version::k2026_07_28;
}

constexpr bool has_icons(Version version) noexcept {
  return version >= Version::k2025_11_25;
}

// title, outputSchema, structuredContent and resource links came together.
constexpr bool has_structured_content(Version version) noexcept {
  return version >= Version::k2025_06_18;
}

// Before, an output schema had an object at its root, and so had structured content.
constexpr bool has_any_output_root(Version version) noexcept {
  return is_modern(version);
}

// A date beyond what is known here that names a modern revision; such a claim is answered in the
// modern way (-32022) although it cannot be served.
bool looks_modern(std::string_view version) noexcept;

}  // namespace toolpost::mcp
