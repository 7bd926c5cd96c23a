// SPDX-License-Identifier: Apache-2.0
// A time as the configuration counts it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace toolpost {

constexpr std::chrono::milliseconds ms(std::size_t count) noexcept {
  return std::chrono::milliseconds{static_cast<std::int64_t>(count)};
}

}  // namespace toolpost
