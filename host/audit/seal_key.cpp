// SPDX-License-Identifier: Apache-2.0
#include "audit/seal_key.hpp"

#include "audit/hash.hpp"
#include "base/freed.hpp"
#include "base/hex.hpp"
#include "base/key_file.hpp"
#include "base/raw_bytes.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>

namespace toolpost::audit {
namespace {

constexpr std::string_view kDigestInfo = "toolpost audit digest 1";

using UniqueBio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using UniqueKeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using UniqueDigest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
  return {key, EVP_PKEY_free};
}

Error no_crypto(std::string_view what) {
  ERR_clear_error();
  return {Errc::kInternal, "OpenSSL cannot " + std::string{what}};
}

// A passphrase would have to be asked for; a service has nobody to ask.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Result<Secret> derive_digest_key(EVP_PKEY* key) {
  std::string seed(kPublicKeyBytes, '\0');
  std::size_t size = seed.size();
  if (EVP_PKEY_get_raw_private_key(key, reinterpret_cast<unsigned char*>(seed.data()), &size) !=
      1) {
    return no_crypto("read the private key");
  }
  const Secret secret{std::move(seed)};
  const UniqueKeyContext context{EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr)};
  std::string derived(kHashBytes, '\0');
  size = derived.size();
  const bool done =
      context && EVP_PKEY_derive_init(context.get()) == 1 &&
      EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) == 1 &&
      EVP_PKEY_CTX_set1_hkdf_key(context.get(), raw(secret.reveal()),
                                 static_cast<int>(secret.reveal().size())) == 1 &&
      EVP_PKEY_CTX_add1_hkdf_info(context.get(), raw(kDigestInfo),
                                  static_cast<int>(kDigestInfo.size())) == 1 &&
      EVP_PKEY_derive(context.get(), reinterpret_cast<unsigned char*>(derived.data()), &size) == 1;
  if (!done) return no_crypto("derive a key");
  return Secret{std::move(derived)};
}

Result<Secret> make_pem() {
  const UniqueKeyContext context{EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nullptr)};
  EVP_PKEY* made = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_keygen(context.get(), &made) != 1) {
    return no_crypto("make a key");
  }
  const auto key = owned(made);
  const UniqueBio out{BIO_new(BIO_s_secmem())};
  if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                            nullptr) != 1) {
    return no_crypto("write a key");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return Secret{std::string{text, static_cast<std::size_t>(size)}};
}

}  // namespace

VerifyKey::VerifyKey(std::string bytes, EVP_PKEY* key)
    : bytes_(std::move(bytes)), key_(owned(key)) {
  constexpr std::size_t kIdBytes = 8;
  const Hash hash = sha256(bytes_);
  append_hex(id_, hash.data(), kIdBytes);
}

Result<VerifyKey> VerifyKey::from_bytes(std::string_view bytes) {
  if (bytes.size() != kPublicKeyBytes) {
    return invalid("an Ed25519 public key has 32 bytes, this has " + std::to_string(bytes.size()));
  }
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(bytes), bytes.size());
  if (key == nullptr) return no_crypto("use this public key");
  return VerifyKey{std::string{bytes}, key};
}

bool VerifyKey::verify(std::string_view text, std::string_view signature) const {
  const UniqueDigest context{EVP_MD_CTX_new()};
  const bool good =
      context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(text), text.size()) ==
          1;
  ERR_clear_error();
  return good;
}

Result<SealKey> SealKey::from_pem(std::string_view pem) {
  const UniqueBio in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  auto key =
      owned(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr) : nullptr);
  ERR_clear_error();
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) {
    return invalid(
        "is no Ed25519 private key in PEM without a passphrase, as "
        "\"openssl genpkey -algorithm ed25519\" makes it");
  }
  std::string bytes(kPublicKeyBytes, '\0');
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                                  &size) != 1) {
    return no_crypto("read the public key");
  }
  auto public_key = VerifyKey::from_bytes(bytes);
  if (!public_key) return public_key.error();
  auto digest_key = derive_digest_key(key.get());
  if (!digest_key) return digest_key.error();
  return SealKey{std::move(key), std::move(*public_key), std::move(*digest_key)};
}

Result<SealKey> SealKey::load(const std::string& path) {
  const auto pem = read_key_file(path, "the key that seals the audit");
  if (!pem) return pem.error();
  auto key = from_pem(pem->reveal());
  if (!key) return Error{key.error().code(), path + " " + key.error().message()};
  return key;
}

Result<SealKey> SealKey::load_or_make(const std::string& path) {
  auto key = load(path);
  if (key || key.error().code() != Errc::kNotFound) return key;
  const auto pem = make_pem();
  if (!pem) return pem.error();
  if (auto made = make_key_file(path, *pem); !made) return made.error();
  return load(path);
}

Result<std::string> SealKey::sign(std::string_view text) const {
  const UniqueDigest context{EVP_MD_CTX_new()};
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     raw(text), text.size()) != 1) {
    return no_crypto("sign");
  }
  return signature;
}

}  // namespace toolpost::audit
