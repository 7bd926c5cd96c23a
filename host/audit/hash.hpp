// SPDX-License-Identifier: Apache-2.0
// The hashes of the journal: SHA-256 over what came before and the next bytes, and HMAC-SHA256 for
// what must be comparable and not readable.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace toolpost::audit {

inline constexpr std::size_t kHashBytes = 32;

using Hash = std::array<unsigned char, kHashBytes>;

inline std::string_view bytes_of(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// Base64url, 43 characters.
std::string to_text(const Hash& hash);

// Reusable, because making a context costs more than a short text; one thread at a time. Throws
// std::bad_alloc where OpenSSL gives nothing, like every other allocation.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  Hash hash(std::string_view text);
  Hash hash(std::string_view first, std::string_view second);

 private:
  evp_md_ctx_st* context_;
};

// HMAC-SHA256 (RFC 2104) with a fixed key, which is wiped when it goes. One thread at a time.
class KeyedHasher {
 public:
  explicit KeyedHasher(std::string_view key);
  ~KeyedHasher();
  KeyedHasher(const KeyedHasher&) = delete;
  KeyedHasher& operator=(const KeyedHasher&) = delete;

  Hash hash(std::string_view text);

 private:
  static constexpr std::size_t kBlockBytes = 64;  // of SHA-256
  using Block = std::array<char, kBlockBytes>;

  Hasher hasher_;
  Block inner_{};
  Block outer_{};
};

}  // namespace toolpost::audit
