// SPDX-License-Identifier: Apache-2.0
// The key that seals a journal (Ed25519), its public half for those who verify, and the key for
// digests that is derived from it. Shared by the replicas of a server.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace toolpost::audit {

inline constexpr std::size_t kPublicKeyBytes = 32;
inline constexpr std::size_t kSignatureBytes = 64;

// Who signed: 16 hexadecimal digits of SHA-256 over the public key.
using KeyId = std::string;

class VerifyKey {
 public:
  // `bytes` is the raw public key.
  static Result<VerifyKey> from_bytes(std::string_view bytes);

  const std::string& bytes() const noexcept { return bytes_; }

  const KeyId& id() const noexcept { return id_; }

  // Whether `signature` over `text` was made with the private half. Any thread.
  bool verify(std::string_view text, std::string_view signature) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const noexcept;
  };

  VerifyKey(std::string bytes, evp_pkey_st* key);

  std::string bytes_;
  KeyId id_;
  std::shared_ptr<evp_pkey_st> key_;
};

class SealKey {
 public:
  // From a PEM file of mode 0600 or 0400 that belongs to root or this user.
  static Result<SealKey> load(const std::string& path);
  // The same, and where there is no file a new key is made and is on the disk when this returns.
  // Two at once end with the same key.
  static Result<SealKey> load_or_make(const std::string& path);
  static Result<SealKey> from_pem(std::string_view pem);

  const VerifyKey& public_key() const noexcept { return public_key_; }

  // The raw signature, kSignatureBytes. Any thread.
  Result<std::string> sign(std::string_view text) const;

  // For argument digests.
  const Secret& digest_key() const noexcept { return digest_key_; }

 private:
  SealKey(std::shared_ptr<evp_pkey_st> key, VerifyKey public_key, Secret digest_key)
      : key_(std::move(key)),
        public_key_(std::move(public_key)),
        digest_key_(std::move(digest_key)) {}

  std::shared_ptr<evp_pkey_st> key_;
  VerifyKey public_key_;
  Secret digest_key_;
};

}  // namespace toolpost::audit
