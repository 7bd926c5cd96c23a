// SPDX-License-Identifier: Apache-2.0
#include "identity/seal_keys.hpp"

#include "base/base64.hpp"
#include "base/check.hpp"
#include "base/freed.hpp"
#include "base/hex.hpp"
#include "base/key_file.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

namespace toolpost::identity {
namespace {

constexpr char kFormat = 1;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kNameBytes = 16;
constexpr std::string_view kWhat = "the keys that seal what clients keep for the server";

using UniqueCipher = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* raw(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Error no_crypto(std::string_view what) {
  ERR_clear_error();
  return {Errc::kInternal, "OpenSSL cannot " + std::string{what}};
}

Result<Secret> random_key() {
  std::string key(SealKeys::kKeyBytes, '\0');
  if (RAND_bytes(raw(key), static_cast<int>(key.size())) != 1) return no_crypto("make a key");
  return Secret{std::move(key)};
}

Secret to_hex(const Secret& key) {
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

// Empty when it does not open.
std::optional<std::string> open_with(const Secret& key, std::string_view purpose,
                                     std::string_view nonce, std::string_view content,
                                     std::string_view tag) {
  const UniqueCipher context{EVP_CIPHER_CTX_new()};
  std::string plain(content.size(), '\0');
  std::string expected{tag};
  int size = 0;
  const bool opened =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(key.reveal()),
                         raw(nonce)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, raw(purpose),
                        static_cast<int>(purpose.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), raw(plain), &size, raw(content),
                        static_cast<int>(content.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, expected.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), nullptr, &size) == 1;
  ERR_clear_error();
  if (!opened) return std::nullopt;
  return plain;
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
    if (auto made = make_key_file(path, to_hex(*key)); !made) return made.error();
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
  std::string nonce(kNonceBytes, '\0');
  std::string sealed(content.size(), '\0');
  std::string tag(kTagBytes, '\0');
  const UniqueCipher context{EVP_CIPHER_CTX_new()};
  int size = 0;
  const bool done =
      context && RAND_bytes(raw(nonce), static_cast<int>(nonce.size())) == 1 &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(keys_.front().reveal()),
                         raw(nonce)) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &size, raw(purpose),
                        static_cast<int>(purpose.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), raw(sealed), &size, raw(content),
                        static_cast<int>(content.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), nullptr, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  if (!done) return no_crypto("seal");
  std::string bytes;
  bytes.reserve(1 + nonce.size() + sealed.size() + tag.size());
  bytes.append(1, kFormat).append(nonce).append(sealed).append(tag);
  return bytes;
}

std::optional<std::string> SealKeys::open(std::string_view purpose, std::string_view text) const {
  const auto bytes = decode_base64url(text);
  return bytes ? open_bytes(purpose, *bytes) : std::nullopt;
}

std::optional<std::string> SealKeys::open_bytes(std::string_view purpose,
                                                std::string_view all) const {
  if (all.size() < 1 + kNonceBytes + kTagBytes || all.front() != kFormat) return std::nullopt;
  const std::string_view nonce = all.substr(1, kNonceBytes);
  const std::string_view tag = all.substr(all.size() - kTagBytes);
  const std::string_view content =
      all.substr(1 + kNonceBytes, all.size() - 1 - kNonceBytes - kTagBytes);
  for (const Secret& key : keys_) {
    if (auto plain = open_with(key, purpose, nonce, content, tag)) return plain;
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
