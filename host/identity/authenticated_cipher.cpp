// SPDX-License-Identifier: Apache-2.0
#include "identity/authenticated_cipher.hpp"

#include "base/freed.hpp"
#include "base/raw_bytes.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace toolpost::identity {
namespace {

using UniqueCipher = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;

}  // namespace

Result<std::string> seal(const Secret& key, std::string_view bound, std::string_view content) {
  std::string sealed(kCipherNonceBytes + content.size() + kCipherTagBytes, '\0');
  unsigned char* const nonce = raw(sealed);
  unsigned char* const hidden = nonce + kCipherNonceBytes;
  const UniqueCipher context{EVP_CIPHER_CTX_new()};
  int size = 0;
  const bool done = context && RAND_bytes(nonce, static_cast<int>(kCipherNonceBytes)) == 1 &&
                    EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(key.reveal()),
                                       nonce) == 1 &&
                    EVP_EncryptUpdate(context.get(), nullptr, &size, raw(bound),
                                      static_cast<int>(bound.size())) == 1 &&
                    EVP_EncryptUpdate(context.get(), hidden, &size, raw(content),
                                      static_cast<int>(content.size())) == 1 &&
                    EVP_EncryptFinal_ex(context.get(), nullptr, &size) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kCipherTagBytes,
                                        hidden + content.size()) == 1;
  if (done) return sealed;
  ERR_clear_error();
  return Error{Errc::kInternal, "OpenSSL cannot seal"};
}

std::optional<std::string> unseal(const Secret& key, std::string_view bound,
                                  std::string_view sealed) {
  if (sealed.size() < kCipherOverhead) return std::nullopt;
  const std::string_view hidden = sealed.substr(kCipherNonceBytes, sealed.size() - kCipherOverhead);
  std::string tag{sealed.substr(sealed.size() - kCipherTagBytes)};
  std::string content(hidden.size(), '\0');
  const UniqueCipher context{EVP_CIPHER_CTX_new()};
  int size = 0;
  const bool done =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(key.reveal()),
                         raw(sealed)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, raw(bound),
                        static_cast<int>(bound.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), raw(content), &size, raw(hidden),
                        static_cast<int>(hidden.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kCipherTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), nullptr, &size) == 1;
  ERR_clear_error();
  if (done) return content;
  // What was not found to be genuine is not left in memory either.
  OPENSSL_cleanse(content.data(), content.size());
  return std::nullopt;
}

}  // namespace toolpost::identity
