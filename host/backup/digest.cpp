// SPDX-License-Identifier: Apache-2.0
#include "backup/digest.hpp"

#include "base/check.hpp"
#include "base/hex.hpp"

#include <openssl/evp.h>

#include <array>

namespace toolpost::backup {

void Digest::Free::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}

Digest::Digest() : context_(EVP_MD_CTX_new()) {
  TOOLPOST_CHECK(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}

void Digest::add(std::string_view part) {
  TOOLPOST_CHECK(EVP_DigestUpdate(context_.get(), part.data(), part.size()) == 1);
}

std::string Digest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  TOOLPOST_CHECK(EVP_DigestFinal_ex(context_.get(), bytes.data(), &size) == 1);
  std::string text;
  append_hex(text, bytes.data(), size);
  return text;
}

}  // namespace toolpost::backup
