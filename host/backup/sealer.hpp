// SPDX-License-Identifier: Apache-2.0
// Seals the secrets of an archive with a passphrase: scrypt makes two keys of it, one for
// AES-256-GCM, one for the mark that nobody without the passphrase can make.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <string>
#include <string_view>

namespace toolpost::backup {

inline constexpr std::size_t kMinPassphraseBytes = 16;

// The passphrase in a text: one line of at least kMinPassphraseBytes.
Result<Secret> passphrase_of(std::string text);

class Sealer {
 public:
  // With a salt of its own. Takes a while, on purpose, and 32 MiB.
  static Result<Sealer> make(const Secret& passphrase);
  // For what seal() gave before.
  static Result<Sealer> for_sealed(const Secret& passphrase, std::string_view sealed);

  // The salt stands in it, in clear.
  Result<std::string> seal(std::string_view content) const;
  // kDenied when it was sealed with another passphrase or changed since.
  Result<Secret> open(std::string_view sealed) const;
  // HMAC-SHA256 in hexadecimal.
  Result<std::string> mark(std::string_view text) const;

 private:
  Sealer(std::string salt, Secret cipher_key, Secret mark_key)
      : salt_(std::move(salt)),
        cipher_key_(std::move(cipher_key)),
        mark_key_(std::move(mark_key)) {}

  static Result<Sealer> derive(const Secret& passphrase, std::string salt);

  std::string salt_;
  Secret cipher_key_;
  Secret mark_key_;
};

}  // namespace toolpost::backup
