// SPDX-License-Identifier: Apache-2.0
// Reads structs that the other side of the ABI wrote. Each starts with its size as the writer knew
// it; a longer one than ours is taken only while everything we do not know in it is zero, so that a
// newer plugin runs here until it really uses something newer.
#pragma once

#include <toolpost/ext/health.h>
#include <toolpost/ext/kv.h>
#include <toolpost/ext/policy.h>
#include <toolpost/ext/subscribe.h>
#include <toolpost/ext/users.h>
#include <toolpost/plugin.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace toolpost::plugin {

// No table grows beyond this; a larger size is a wild value and nothing behind it is read.
inline constexpr std::size_t kMaxStructSize = std::size_t{64} * 1024;

// Size of T in version 1.0 of the ABI. Frozen: a field added later does not change it.
template <class T>
inline constexpr std::size_t kFirstSize = 0;
template <>
inline constexpr std::size_t kFirstSize<toolpost_entry> = 136;
template <>
inline constexpr std::size_t kFirstSize<toolpost_plugin> = 48;
template <>
inline constexpr std::size_t kFirstSize<toolpost_item> = 96;
template <>
inline constexpr std::size_t kFirstSize<toolpost_outcome> = 88;
template <>
inline constexpr std::size_t kFirstSize<toolpost_health> = 16;
template <>
inline constexpr std::size_t kFirstSize<toolpost_subscribe_interest> = 16;
template <>
inline constexpr std::size_t kFirstSize<toolpost_kv_entry> = 40;
template <>
inline constexpr std::size_t kFirstSize<toolpost_policy_query> = 56;
template <>
inline constexpr std::size_t kFirstSize<toolpost_users_request> = 40;

// TOOLPOST_OK, E_INVALID for a null or misaligned pointer, E_UNSUPPORTED for a size that is too
// small, absurd, or covers unknown fields that are in use.
template <class T>
toolpost_status check_versioned(const T* from) noexcept {
  static_assert(std::is_trivially_copyable_v<T> && std::is_standard_layout_v<T>);
  static_assert(kFirstSize<T> != 0, "name the size that T had in version 1.0");
  static_assert(kFirstSize<T> <= sizeof(T) && sizeof(T) <= kMaxStructSize);
  if (from == nullptr) return TOOLPOST_E_INVALID;
  if (reinterpret_cast<std::uintptr_t>(from) % alignof(T) != 0) return TOOLPOST_E_INVALID;
  const std::size_t size = from->struct_size;
  if (size < kFirstSize<T> || size > kMaxStructSize) return TOOLPOST_E_UNSUPPORTED;
  if (size <= sizeof(T)) return TOOLPOST_OK;
  const auto* const begin = reinterpret_cast<const unsigned char*>(from);
  const bool unused =
      std::all_of(begin + sizeof(T), begin + size, [](unsigned char byte) { return byte == 0; });
  return unused ? TOOLPOST_OK : TOOLPOST_E_UNSUPPORTED;
}

// Copies what both sides know; the rest of `into` is zero and its struct_size says how much is
// valid (TOOLPOST_HAS). `into` is untouched unless the answer is TOOLPOST_OK.
template <class T>
toolpost_status read_versioned(const T* from, T& into) noexcept {
  const toolpost_status status = check_versioned(from);
  if (status != TOOLPOST_OK) return status;
  const std::size_t known = std::min<std::size_t>(from->struct_size, sizeof(T));
  T copy{};
  std::memcpy(&copy, from, known);
  copy.struct_size = static_cast<std::uint32_t>(known);
  into = copy;
  return TOOLPOST_OK;
}

}  // namespace toolpost::plugin
