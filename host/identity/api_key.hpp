// SPDX-License-Identifier: Apache-2.0
// API keys: how they are made, what is kept of them, and which ones are good enough. What is kept
// is SHA-256 without salt, which is safe for keys that nobody can guess, and only for those.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::identity {

inline constexpr std::size_t kMinKeyLength = 32;
inline constexpr std::size_t kMaxKeyLength = 512;  // what fits comfortably in a header
inline constexpr std::size_t kMinDistinctCharacters = 8;
inline constexpr std::size_t kKeyIdLength = 8;

using KeyDigest = std::array<unsigned char, 32>;

struct GeneratedKey {
  Secret key;
  std::string id;
};

// "mcp_ID_RANDOM_CRC": 8 characters that may be shown, 256 random bits in base64url, and the CRC-32
// of all before it in hexadecimal, by which a torn key is told from a wrong one. An error when the
// system has no randomness.
Result<GeneratedKey> generate_key();

// For a key that somebody else chose.
Result<std::string> generate_key_id();

// The id in a whole generated key; nothing for any other text.
std::optional<std::string_view> key_id_of(std::string_view key);

KeyDigest digest_of(std::string_view key);

bool equal_in_constant_time(const KeyDigest& a, const KeyDigest& b) noexcept;

// Whether a key that people chose may be used: long enough, no placeholder of a manual, nothing
// that cannot stand in a header. The message never repeats the key; it continues a sentence that
// begins with the key's name, "MCP_API_KEY: is shorter than ...".
Result<> check_key_strength(std::string_view key);

// Lower-case hexadecimal.
std::string to_hex(const KeyDigest& digest);
std::optional<KeyDigest> digest_from_hex(std::string_view text);

}  // namespace toolpost::identity
