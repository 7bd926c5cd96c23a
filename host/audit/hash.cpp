// SPDX-License-Identifier: Apache-2.0
#include "audit/hash.hpp"

#include "base/base64.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>
#include <new>
#include <utility>

namespace toolpost::audit {
namespace {

void require(bool done) {
  if (!done) throw std::bad_alloc{};
}

EVP_MD_CTX* new_context() {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  require(context != nullptr);
  return context;
}

void update(EVP_MD_CTX* context, std::string_view text) {
  require(EVP_DigestUpdate(context, text.data(), text.size()) == 1);
}

Hash finish(EVP_MD_CTX* context) {
  Hash hash{};
  require(EVP_DigestFinal_ex(context, hash.data(), nullptr) == 1);
  return hash;
}

// Null begins anew with the method that the context has, which saves looking it up.
void begin(EVP_MD_CTX* context) {
  require(EVP_DigestInit_ex(context, nullptr, nullptr) == 1);
}

}  // namespace

std::string to_text(const Hash& hash) {
  std::string text;
  append_base64url(text, bytes_of(hash));
  return text;
}

Hasher::Hasher() : context_(new_context()) {
  require(EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1);
}

Hasher::~Hasher() {
  EVP_MD_CTX_free(context_);
}

Hasher::Hasher(Hasher&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}

Hasher& Hasher::operator=(Hasher&& other) noexcept {
  std::swap(context_, other.context_);
  return *this;
}

Hash Hasher::hash(std::string_view text) {
  return hash(text, {});
}

Hash Hasher::hash(std::string_view first, std::string_view second) {
  begin(context_);
  update(context_, first);
  update(context_, second);
  return finish(context_);
}

KeyedHasher::KeyedHasher(std::string_view key) {
  constexpr char kInnerPad = 0x36;
  constexpr char kOuterPad = 0x5c;
  if (key.size() > kBlockBytes) {
    const Hash shorter = hasher_.hash(key);
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

Hash KeyedHasher::hash(std::string_view text) {
  const Hash inside = hasher_.hash({inner_.data(), inner_.size()}, text);
  return hasher_.hash({outer_.data(), outer_.size()}, bytes_of(inside));
}

}  // namespace toolpost::audit
