// SPDX-License-Identifier: Apache-2.0
// A checksum against damage, not against an enemy: several gigabytes a second.
#pragma once

#include <cstdint>
#include <string_view>

namespace toolpost::project_index {

std::uint64_t checksum(std::string_view bytes) noexcept;

}  // namespace toolpost::project_index
