// SPDX-License-Identifier: Apache-2.0
#include "identity/seal_keys.hpp"

#include "base/base64.hpp"
#include "base/check.hpp"
#include "base/hex.hpp"
#include "base/key_file.hpp"
#include "base/raw_bytes.hpp"
#include "identity/authenticated_cipher.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

namespace toolpost::identity {
namespace {

static_assert(SealKeys::kKeyBytes == kCipherKeyBytes);

constexpr char kFormat = 1;
constexpr std::size_t kNameBytes = 16;
constexpr std::string_view kWhat = "the keys that seal what clients keep for the server";

Error no_crypto(std::string_view what) {
  ERR_clear_error();
  return {Errc::kInternal, "OpenSSL cannot " + std::string{what}};
}

Result<Secret> random_key() {
  std::string key(SealKeys::kKeyBytes, '\0');
  if (RAND_bytes(raw(key), static_cast<int>(key.size())) != 1) return no_crypto("make a key");
  return Secret{std::move(key)};
}

Secret hex_of(const Secret& key) {
  std::string text;
  text.reserve(key.reveal().size() * 2 + 1);
  append_hex(text, key.reveal());
  text.push_back('\n');
  return Secret{std::move(text)};
}

// Null unless the line is one key.
std::optional<Secret> from_hex(std::string_view line) {
  if (line.size() != SealKeys::kKeyBytes * 2) return std::nullopt;
  std::string key;
  key.reserve(SealKeys::kKeyBytes);
  for (std::size_t i = 0; i < line.size(); i += 2) {
    const int high = hex_value(line[i]);
    const int low = hex_value(line[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    key.push_back(static_cast<char>(high * 16 + low));
  }
  return Secret{std::move(key)};
}

Result<std::vector<Secret>> read_keys(const std::string& path) {
  const auto text = read_key_file(path, kWhat);
  if (!text) return text.error();
  std::vector<Secret> keys;
  std::string_view rest = text->reveal();
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    auto key = from_hex(rest.substr(0, end));
    if (!key) {
      return invalid(
          path + ":" + std::to_string(line) +
          ": is no key of 32 bytes in hexadecimal, as \"openssl rand -hex 32\" makes it");
    }
    if (keys.size() == SealKeys::kMaxKeys) return invalid(path + ": has more than 8 keys");
    keys.push_back(std::move(*key));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (keys.empty()) return invalid(path + ": has no key");
  return keys;
}

}  // namespace

Result<SealKeys> SealKeys::make_passing() {
  auto key = random_key();
  if (!key) return key.error();
  return SealKeys{{std::move(*key)}};
}

Result<SealKeys> SealKeys::load_or_make(const std::string& path) {
  auto keys = read_keys(path);
  if (!keys && keys.error().code() == Errc::kNotFound) {
    const auto key = random_key();
    if (!key) return key.error();
    if (auto made = make_key_file(path, hex_of(*key)); !made) return made.error();
    keys = read_keys(path);
  }
  if (!keys) return keys.error();
  return SealKeys{std::move(*keys)};
}

Result<std::string> SealKeys::seal(std::string_view purpose, std::string_view content) const {
  const auto bytes = seal_bytes(purpose, content);
  if (!bytes) return bytes.error();
  std::string text;
  append_base64url(text, *bytes);
  return text;
}

Result<std::string> SealKeys::seal_bytes(std::string_view purpose, std::string_view content) const {
  auto sealed = identity::seal(keys_.front(), purpose, content);
  if (!sealed) return sealed.error();
  return kFormat + *sealed;
}

std::optional<std::string> SealKeys::open(std::string_view purpose, std::string_view text) const {
  const auto bytes = decode_base64url(text);
  return bytes ? open_bytes(purpose, *bytes) : std::nullopt;
}

std::optional<std::string> SealKeys::open_bytes(std::string_view purpose,
                                                std::string_view all) const {
  if (all.empty() || all.front() != kFormat) return std::nullopt;
  for (const Secret& key : keys_) {
    if (auto plain = unseal(key, purpose, all.substr(1))) return plain;
  }
  return std::nullopt;
}

std::string SealKeys::name_of(std::string_view purpose, std::string_view content) const {
  // The length in front, so that no two pairs are the same text.
  std::string text = std::to_string(purpose.size()) + ":";
  text.append(purpose).append(content);
  const std::string_view key = keys_.front().reveal();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  TOOLPOST_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(text),
                      text.size(), digest.data(), &size) != nullptr);
  std::string name;
  append_hex(name, digest.data(), kNameBytes);
  return name;
}

}  // namespace toolpost::identity
