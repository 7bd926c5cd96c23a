// SPDX-License-Identifier: Apache-2.0
#include "identity/api_key.hpp"

#include "base/base64.hpp"
#include "base/hex.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <new>
#include <span>

namespace toolpost::identity {
namespace {

constexpr std::string_view kStart = "mcp_";
constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kRandomLength = 43;  // base64url without padding
constexpr std::size_t kCrcLength = 8;
constexpr std::size_t kBodyLength = kStart.size() + kKeyIdLength + 1 + kRandomLength;
constexpr std::size_t kGeneratedLength = kBodyLength + 1 + kCrcLength;

// 32 of them, without those that are taken for one another.
constexpr std::string_view kIdAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
static_assert(kIdAlphabet.size() == 32);

constexpr std::string_view kHexDigits = "0123456789abcdef";

// What manuals write where a key belongs, in lower case, without separators.
constexpr std::string_view kPlaceholders[] = {
    "yoursecureapikey", "yourapikey", "yoursecretkey", "yourkey",   "adminapikey",
    "userapikey",       "myapikey",   "changeme",      "replaceme", "placeholder"};

Result<> fill_random(std::span<unsigned char> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1) return {};
  return Error{Errc::kInternal, "the system has no secure randomness now; no key can be made"};
}

// RFC 1952's CRC-32. Bit by bit: it is only wanted where a key is made or explained.
std::uint32_t crc32_of(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ (0xEDB88320U & (0U - (crc & 1U)));
  }
  return ~crc;
}

void append_crc(std::string& out, std::uint32_t number) {
  for (int shift = 28; shift >= 0; shift -= 4)
    out += kHexDigits[(number >> unsigned(shift)) & 0xFU];
}

std::string base64url(std::span<const unsigned char> bytes) {
  std::string raw{bytes.begin(), bytes.end()};
  std::string text;
  append_base64(text, raw);
  ::explicit_bzero(raw.data(), raw.size());
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

// Lower case, letters and digits only.
std::string skeleton_of(std::string_view key) {
  std::string skeleton;
  for (const char c : key) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) skeleton += lower;
  }
  return skeleton;
}

bool is_placeholder(std::string_view key) {
  if (key.starts_with('<') && key.ends_with('>')) return true;
  if (key.starts_with("${") || key.starts_with("$(")) return true;
  std::string skeleton = skeleton_of(key);
  const bool found = std::any_of(
      std::begin(kPlaceholders), std::end(kPlaceholders),
      [&](std::string_view placeholder) { return skeleton.find(placeholder) != skeleton.npos; });
  ::explicit_bzero(skeleton.data(), skeleton.size());
  return found;
}

std::size_t distinct_characters(std::string_view key) {
  std::bitset<256> seen;
  for (const char c : key) seen.set(static_cast<unsigned char>(c));
  return seen.count();
}

bool fits_in_header(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<std::string> generate_key_id() {
  std::array<unsigned char, kKeyIdLength> bytes{};
  if (const auto filled = fill_random(bytes); !filled) return filled.error();
  std::string id;
  for (const unsigned char byte : bytes) id += kIdAlphabet[byte % kIdAlphabet.size()];
  return id;
}

Result<GeneratedKey> generate_key() {
  auto id = generate_key_id();
  if (!id) return id.error();
  std::array<unsigned char, kRandomBytes> random{};
  if (const auto filled = fill_random(random); !filled) return filled.error();
  std::string key;
  key.reserve(kGeneratedLength);  // no copy is left behind by growing
  std::string encoded = base64url(random);
  key.append(kStart).append(*id).append("_").append(encoded);
  ::explicit_bzero(encoded.data(), encoded.size());
  ::explicit_bzero(random.data(), random.size());
  const std::uint32_t crc = crc32_of(key);
  key += '_';
  append_crc(key, crc);
  return GeneratedKey{Secret{std::move(key)}, std::move(*id)};
}

std::optional<std::string_view> key_id_of(std::string_view key) {
  if (key.size() != kGeneratedLength || !key.starts_with(kStart)) return std::nullopt;
  const std::string_view id = key.substr(kStart.size(), kKeyIdLength);
  if (id.find_first_not_of(kIdAlphabet) != id.npos) return std::nullopt;
  std::string crc = "_";
  append_crc(crc, crc32_of(key.substr(0, kBodyLength)));
  if (key.substr(kBodyLength) != crc || key[kStart.size() + kKeyIdLength] != '_') {
    return std::nullopt;
  }
  return id;
}

KeyDigest digest_of(std::string_view key) {
  KeyDigest digest{};
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
  if (SHA256(bytes, key.size(), digest.data()) == nullptr) throw std::bad_alloc{};
  return digest;
}

bool equal_in_constant_time(const KeyDigest& a, const KeyDigest& b) noexcept {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<> check_key_strength(std::string_view key) {
  if (is_placeholder(key)) {
    return invalid(
        "is the placeholder of a manual; use at least 32 random characters, for instance from "
        "`openssl rand -hex 32`");
  }
  if (key.size() < kMinKeyLength) {
    return invalid(
        "is shorter than 32 characters; use at least 32 random ones, for instance from "
        "`openssl rand -hex 32`");
  }
  if (key.size() > kMaxKeyLength)
    return invalid("is longer than 512 characters; use a shorter one");
  if (!fits_in_header(key)) {
    return invalid(
        "has a space, a line break or a character beyond ASCII, which cannot stand in a header; "
        "use letters, digits and punctuation");
  }
  if (distinct_characters(key) < kMinDistinctCharacters) {
    return invalid(
        "repeats fewer than 8 different characters and can be guessed; use random ones, for "
        "instance from `openssl rand -hex 32`");
  }
  return {};
}

std::string to_hex(const KeyDigest& digest) {
  std::string text;
  text.reserve(2 * digest.size());
  toolpost::append_hex(text, digest.data(), digest.size());
  return text;
}

std::optional<KeyDigest> digest_from_hex(std::string_view text) {
  KeyDigest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto high = kHexDigits.find(text[2 * i]);
    const auto low = kHexDigits.find(text[2 * i + 1]);
    if (high == kHexDigits.npos || low == kHexDigits.npos) return std::nullopt;
    digest[i] = static_cast<unsigned char>(16 * high + low);
  }
  return digest;
}

}  // namespace toolpost::identity
