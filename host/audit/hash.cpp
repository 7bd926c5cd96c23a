// SPDX-License-Identifier: Apache-2.0
// The EVP interface allocates at the start of every digest, three times a record; the older one,
// which is the same code below, does not.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "audit/hash.hpp"

#include "base/base64.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cstring>

namespace toolpost::audit {

std::string to_text(const Hash& hash) {
  std::string text;
  append_base64url(text, bytes_of(hash));
  return text;
}

Hash sha256(std::string_view text) {
  return sha256(text, {});
}

Hash sha256(std::string_view first, std::string_view second) {
  SHA256_CTX context;
  Hash hash{};
  SHA256_Init(&context);
  SHA256_Update(&context, first.data(), first.size());
  SHA256_Update(&context, second.data(), second.size());
  SHA256_Final(hash.data(), &context);
  return hash;
}

KeyedHasher::KeyedHasher(std::string_view key) {
  constexpr char kInnerPad = 0x36;
  constexpr char kOuterPad = 0x5c;
  if (key.size() > kBlockBytes) {
    const Hash shorter = sha256(key);
    std::memcpy(inner_.data(), shorter.data(), shorter.size());
  } else {
    std::memcpy(inner_.data(), key.data(), key.size());
  }
  for (std::size_t i = 0; i < kBlockBytes; ++i) {
    outer_[i] = static_cast<char>(inner_[i] ^ kOuterPad);
    inner_[i] = static_cast<char>(inner_[i] ^ kInnerPad);
  }
}

KeyedHasher::~KeyedHasher() {
  OPENSSL_cleanse(inner_.data(), inner_.size());
  OPENSSL_cleanse(outer_.data(), outer_.size());
}

Hash KeyedHasher::hash(std::string_view text) const {
  const Hash inside = sha256({inner_.data(), inner_.size()}, text);
  return sha256({outer_.data(), outer_.size()}, bytes_of(inside));
}

}  // namespace toolpost::audit
