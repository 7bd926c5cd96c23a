// SPDX-License-Identifier: Apache-2.0
// Seals what the server hands to clients and wants back unchanged and unread: the state of a
// request that waits for input, and legacy session ids; and what it keeps in a Redis that others
// can write to. Replicas with the same keys open each other's seals.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::identity {

// AES-256-GCM with a random nonce each. Immutable; any thread may use it.
class SealKeys {
 public:
  static constexpr std::size_t kKeyBytes = 32;
  static constexpr std::size_t kMaxKeys = 8;

  // A key that ends with the process: where there is no place for a lasting one.
  static Result<SealKeys> make_passing();

  // Reads the file, or makes it with one new key and mode 0600. Each line is one key, 32 bytes in
  // hexadecimal; the first seals, all of them open, so that keys can be changed without a break.
  // Fails when others than the owner may read the file.
  static Result<SealKeys> load_or_make(const std::string& path);

  // `purpose` is part of the seal: what was sealed for one cannot be opened for another. The text
  // is of the alphabet of URLs.
  Result<std::string> seal(std::string_view purpose, std::string_view content) const;
  // The same as bytes, for what no client carries.
  Result<std::string> seal_bytes(std::string_view purpose, std::string_view content) const;

  // Null unless it was sealed with one of the keys, for that purpose, and not changed since.
  std::optional<std::string> open(std::string_view purpose, std::string_view text) const;
  std::optional<std::string> open_bytes(std::string_view purpose, std::string_view bytes) const;

  // A name for `content` that only holders of the first key can make, 32 hexadecimal digits. The
  // purpose is part of it.
  std::string name_of(std::string_view purpose, std::string_view content) const;

 private:
  explicit SealKeys(std::vector<Secret> keys) : keys_(std::move(keys)) {}

  std::vector<Secret> keys_;
};

}  // namespace toolpost::identity
