// SPDX-License-Identifier: Apache-2.0
// Archives as tar (POSIX ustar) that anybody can list and unpack, of regular files only. Written in
// one way and read only when written in that way, so that no byte of one can change unnoticed and
// nothing in it can lead anywhere: there are no links, no directories, no paths that climb.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::backup {

inline constexpr std::size_t kTarBlock = 512;
inline constexpr std::size_t kMaxTarName = 100;
inline constexpr std::uint64_t kMaxTarFile = (std::uint64_t{1} << 33U) - 1;

// One to 100 letters, digits, '.', '_', '-' and single slashes; no part is empty or begins with a
// dot.
bool is_tar_name(std::string_view name);

// The block before a file; it has mode 0600.
std::string tar_header(std::string_view name, std::uint64_t size, std::int64_t unix_seconds);
// How many zeroes follow a file, and what follows the last.
std::size_t tar_padding(std::uint64_t size);
std::string tar_end();

struct TarMember {
  std::string_view name;
  std::string_view content;
};

// The members borrow from `archive`. Errc::kInvalid names the place that is not as it was written.
Result<std::vector<TarMember>> read_tar(std::string_view archive);

}  // namespace toolpost::backup
