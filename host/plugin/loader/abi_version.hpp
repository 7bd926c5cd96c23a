// SPDX-License-Identifier: Apache-2.0
// A version of the plugin ABI: "1.0" in a manifest, major << 16 | minor in the entry.
#pragma once

#include <toolpost/plugin.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::plugin {

struct AbiVersion {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;

  static constexpr AbiVersion from_packed(std::uint32_t packed) noexcept {
    return {static_cast<std::uint16_t>(packed >> 16U),
            static_cast<std::uint16_t>(packed & 0xFFFFU)};
  }

  // Exactly MAJOR.MINOR in decimal without leading zeros.
  static std::optional<AbiVersion> from_text(std::string_view text);

  std::string text() const;

  constexpr bool operator==(const AbiVersion&) const noexcept = default;

  constexpr bool operator<(const AbiVersion& other) const noexcept {
    return major != other.major ? major < other.major : minor < other.minor;
  }
};

// What this host offers.
inline constexpr AbiVersion kHostAbi{TOOLPOST_ABI_MAJOR, TOOLPOST_ABI_MINOR};

}  // namespace toolpost::plugin
