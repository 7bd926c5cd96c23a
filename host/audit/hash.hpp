// SPDX-License-Identifier: Apache-2.0
// The hashes of the journal: SHA-256 over what came before and the next bytes, and HMAC-SHA256 for
// what must be comparable and not readable.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace toolpost::audit {

inline constexpr std::size_t kHashBytes = 32;

using Hash = std::array<unsigned char, kHashBytes>;

inline std::string_view bytes_of(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// Base64url, 43 characters.
std::string to_text(const Hash& hash);

Hash sha256(std::string_view text);
Hash sha256(std::string_view first, std::string_view second);

// HMAC-SHA256 (RFC 2104) with a fixed key, which is wiped when it goes. Any thread.
class KeyedHasher {
 public:
  explicit KeyedHasher(std::string_view key);
  ~KeyedHasher();
  KeyedHasher(const KeyedHasher&) = delete;
  KeyedHasher& operator=(const KeyedHasher&) = delete;

  Hash hash(std::string_view text) const;

 private:
  static constexpr std::size_t kBlockBytes = 64;  // of SHA-256
  using Block = std::array<char, kBlockBytes>;

  Block inner_{};
  Block outer_{};
};

}  // namespace toolpost::audit
