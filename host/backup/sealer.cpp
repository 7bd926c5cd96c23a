// SPDX-License-Identifier: Apache-2.0
#include "backup/sealer.hpp"

#include "base/hex.hpp"
#include "base/raw_bytes.hpp"
#include "identity/authenticated_cipher.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

namespace toolpost::backup {
namespace {

constexpr std::string_view kMagic = "toolpost-sealed-1\n";
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kKeyBytes = identity::kCipherKeyBytes;
constexpr std::size_t kBoundBytes = kMagic.size() + kSaltBytes;
constexpr std::size_t kOverhead = kBoundBytes + identity::kCipherOverhead;

// 32 MiB and about a tenth of a second, for whoever knows the passphrase and for each guess.
constexpr std::uint64_t kScryptN = 1U << 15U;
constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptP = 1;
constexpr std::uint64_t kScryptMemory = 64U << 20U;

Error no_crypto(std::string_view what) {
  ERR_clear_error();
  return {Errc::kInternal, "OpenSSL cannot " + std::string{what}};
}

Result<std::string> random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(raw(bytes), static_cast<int>(size)) != 1) return no_crypto("give random bytes");
  return bytes;
}

}  // namespace

Result<Secret> passphrase_of(std::string text) {
  const Secret whole{std::move(text)};
  std::string_view line = whole.reveal();
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() < kMinPassphraseBytes || line.find('\n') != std::string_view::npos) {
    return invalid("a passphrase is one line of at least " + std::to_string(kMinPassphraseBytes) +
                   " characters");
  }
  return Secret{std::string{line}};
}

Result<Sealer> Sealer::derive(const Secret& passphrase, std::string salt) {
  std::string keys(2 * kKeyBytes, '\0');
  const std::string_view text = passphrase.reveal();
  if (EVP_PBE_scrypt(text.data(), text.size(), raw(std::string_view{salt}), salt.size(), kScryptN,
                     kScryptR, kScryptP, kScryptMemory, raw(keys), keys.size()) != 1) {
    return no_crypto("make keys of a passphrase");
  }
  const Secret both{std::move(keys)};
  return Sealer{std::move(salt), Secret{std::string{both.reveal().substr(0, kKeyBytes)}},
                Secret{std::string{both.reveal().substr(kKeyBytes)}}};
}

Result<Sealer> Sealer::make(const Secret& passphrase) {
  auto salt = random_bytes(kSaltBytes);
  if (!salt) return salt.error();
  return derive(passphrase, std::move(*salt));
}

Result<Sealer> Sealer::for_sealed(const Secret& passphrase, std::string_view sealed) {
  if (sealed.size() < kOverhead || !sealed.starts_with(kMagic)) {
    return invalid("what is sealed has no beginning that is known");
  }
  return derive(passphrase, std::string{sealed.substr(kMagic.size(), kSaltBytes)});
}

Result<std::string> Sealer::seal(std::string_view content) const {
  const std::string bound = std::string{kMagic} + salt_;
  auto hidden = identity::seal(cipher_key_, bound, content);
  if (!hidden) return hidden.error();
  return bound + *hidden;
}

Result<Secret> Sealer::open(std::string_view sealed) const {
  if (sealed.size() < kOverhead) return invalid("what is sealed is cut off");
  auto content =
      identity::unseal(cipher_key_, sealed.substr(0, kBoundBytes), sealed.substr(kBoundBytes));
  if (content) return Secret{std::move(*content)};
  return Error{Errc::kDenied, "another passphrase sealed it, or it was changed since"};
}

Result<std::string> Sealer::mark(std::string_view text) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), mark_key_.reveal().data(), static_cast<int>(kKeyBytes), raw(text),
           text.size(), bytes.data(), &size) == nullptr) {
    return no_crypto("make a mark");
  }
  std::string mark;
  append_hex(mark, bytes.data(), size);
  return mark;
}

}  // namespace toolpost::backup
