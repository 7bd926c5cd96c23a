// SPDX-License-Identifier: Apache-2.0
#include "mcp/version.hpp"

#include <array>

namespace toolpost::mcp {
namespace {

constexpr std::array<std::string_view, kVersionCount> kVersionNames = {"2025-03-26", "2025-06-18",
                                                                       "2025-11-25", "2026-07-28"};
constexpr std::array<Version, kVersionCount> kNewestFirst = {
    Version::k2026_07_28, Version::k2025_11_25, Version::k2025_06_18, Version::k2025_03_26};

}  // namespace

std::string_view to_string(Version version) noexcept {
  return kVersionNames[static_cast<std::size_t>(version)];
}

std::optional<Version> parse_version(std::string_view text) noexcept {
  for (const Version version : kNewestFirst) {
    if (to_string(version) == text) return version;
  }
  return std::nullopt;
}

std::span<const Version> supported_versions() noexcept {
  return kNewestFirst;
}

bool looks_modern(std::string_view version) noexcept {
  // Revisions are dates; anything that is no date of the legacy era is a later scheme.
  return version >= to_string(Version::k2026_07_28);
}

}  // namespace toolpost::mcp
