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

constexpr std::size_t kBlockBytes = 64;  // of SHA-256, RFC 2104

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

EVP_MD_CTX* keyed_context(const std::array<unsigned char, kBlockBytes>& block, unsigned char pad) {
  std::array<unsigned char, kBlockBytes> padded = block;
  for (unsigned char& byte : padded) byte ^= pad;
  EVP_MD_CTX* context = new_context();
  require(EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  require(EVP_DigestUpdate(context, padded.data(), padded.size()) == 1);
  OPENSSL_cleanse(padded.data(), padded.size());
  return context;
}

EVP_MD_CTX* copy_of(const EVP_MD_CTX* other) {
  EVP_MD_CTX* context = new_context();
  require(EVP_MD_CTX_copy_ex(context, other) == 1);
  return context;
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

KeyedHasher::KeyedHasher(std::string_view key) : work_(new_context()) {
  std::array<unsigned char, kBlockBytes> block{};
  if (key.size() > block.size()) {
    const Hash shorter = Hasher{}.hash(key);
    std::memcpy(block.data(), shorter.data(), shorter.size());
  } else {
    std::memcpy(block.data(), key.data(), key.size());
  }
  inner_ = keyed_context(block, 0x36);
  outer_ = keyed_context(block, 0x5c);
  OPENSSL_cleanse(block.data(), block.size());
}

KeyedHasher::KeyedHasher(const KeyedHasher& other)
    : inner_(copy_of(other.inner_)), outer_(copy_of(other.outer_)), work_(new_context()) {}

KeyedHasher::~KeyedHasher() {
  EVP_MD_CTX_free(inner_);
  EVP_MD_CTX_free(outer_);
  EVP_MD_CTX_free(work_);
}

Hash KeyedHasher::hash(std::string_view text) {
  const Hash inside = with(inner_, text);
  return with(outer_, bytes_of(inside));
}

Hash KeyedHasher::with(EVP_MD_CTX* keyed, std::string_view text) {
  require(EVP_MD_CTX_copy_ex(work_, keyed) == 1);
  update(work_, text);
  return finish(work_);
}

}  // namespace toolpost::audit
