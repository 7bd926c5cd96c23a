// SPDX-License-Identifier: Apache-2.0
#include "audit/chain.hpp"

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/hex.hpp"
#include "base/utc_time.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace toolpost::audit {
namespace {

constexpr std::size_t kRandomBytes = 8;
constexpr std::size_t kChainNameBytes = 33;  // 16 for the time, "-", 16 digits
constexpr std::size_t kSegmentDigits = 6;
constexpr std::string_view kSegmentEnding = ".jsonl";
constexpr std::int64_t kMicroseconds = 1'000'000;

bool is_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

// "2026-11-26T07:50:24Z" → "20261126T075024Z".
std::string compact_time(std::int64_t unix_seconds) {
  std::string text = to_utc_time(unix_seconds);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 24> text{};
  const auto [end, ec] = std::to_chars(text.data(), text.data() + text.size(), number);
  out.append(text.data(), end);
}

}  // namespace

Result<std::string> make_chain_name(std::int64_t unix_seconds) {
  std::array<unsigned char, kRandomBytes> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    return Error{Errc::kInternal, "there are no random numbers"};
  }
  std::string name = compact_time(unix_seconds) + "-";
  append_hex(name, random.data(), random.size());
  return name;
}

bool is_chain_name(std::string_view name) noexcept {
  constexpr std::string_view kShape = "ddddddddTddddddZ-xxxxxxxxxxxxxxxx";
  static_assert(kShape.size() == kChainNameBytes);
  if (name.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool good = kShape[i] == 'd'   ? is_digit(name[i])
                      : kShape[i] == 'x' ? is_hex(name[i])
                                         : name[i] == kShape[i];
    if (!good) return false;
  }
  return true;
}

std::string segment_file_name(std::string_view chain, std::uint32_t segment) {
  std::string digits = std::to_string(segment);
  digits.insert(0, kSegmentDigits - std::min(kSegmentDigits, digits.size()), '0');
  return std::string{chain} + "." + digits + std::string{kSegmentEnding};
}

std::optional<SegmentName> parse_segment_file_name(std::string_view name) {
  if (name.size() <= kChainNameBytes || !is_chain_name(name.substr(0, kChainNameBytes))) {
    return std::nullopt;
  }
  SegmentName parsed{std::string{name.substr(0, kChainNameBytes)}};
  std::string_view digits = name.substr(kChainNameBytes);
  if (!digits.starts_with('.') || !digits.ends_with(kSegmentEnding)) return std::nullopt;
  digits = digits.substr(1, digits.size() - 1 - kSegmentEnding.size());
  const auto [end, ec] =
      std::from_chars(digits.data(), digits.data() + digits.size(), parsed.segment);
  // Only the name that the number would be given: no two names for one segment.
  if (ec != std::errc{} || segment_file_name(parsed.chain, parsed.segment) != name ||
      parsed.segment == 0) {
    return std::nullopt;
  }
  return parsed;
}

Hash genesis(std::string_view chain) {
  return sha256(chain);
}

Chain::Chain(std::string name) : name_(std::move(name)), hash_(genesis(name_)) {}

void Chain::begin_line(std::string& out, std::string_view type, std::int64_t unix_us) {
  const std::int64_t second = unix_us / kMicroseconds;
  if (second != second_) {
    second_ = second;
    second_text_ = to_utc_time(second);
    second_text_.pop_back();
  }
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%06dZ",
                static_cast<int>(unix_us % kMicroseconds));
  out.append(R"({"v":1,"chain":")").append(name_).append(R"(","seq":)");
  append_number(out, seq_ + 1);
  out.append(R"(,"time":")").append(second_text_).append(fraction.data());
  out.append(R"(","type":")").append(type).push_back('"');
}

void Chain::end_line(std::string& out, std::size_t begin) {
  hash_ = sha256(bytes_of(hash_), std::string_view{out}.substr(begin));
  ++seq_;
  digests_.append(bytes_of(hash_).substr(0, kDigestBytes));
  out.append(kHashMember).push_back('"');
  append_base64url(out, bytes_of(hash_));
  out.append("\"}\n");
}

void Chain::append(std::string& out, std::string_view type, std::int64_t unix_us,
                   std::string_view object) {
  const std::size_t begin = out.size();
  begin_line(out, type, unix_us);
  const std::string_view members = object.substr(1, object.size() - 2);
  if (!members.empty()) out.append(1, ',').append(members);
  end_line(out, begin);
}

Result<> Chain::append_checkpoint(std::string& out, const SealKey& key, std::int64_t unix_us) {
  const std::size_t begin = out.size();
  begin_line(out, "checkpoint", unix_us);
  out.append(R"(,"from":)");
  append_number(out, seq_ - uncovered() + 1);
  out.append(R"(,"to":)");
  append_number(out, seq_);
  out.append(R"(,"head":")");
  append_base64url(out, bytes_of(hash_));
  out.append(R"(","digests":")");
  append_base64url(out, digests_);
  out.append(R"(","key":")").append(key.public_key().id()).push_back('"');
  const auto signature =
      key.sign(std::string{kSignatureContext}.append(std::string_view{out}.substr(begin)));
  if (!signature) {
    out.resize(begin);
    return signature.error();
  }
  out.append(kSignatureMember).push_back('"');
  append_base64url(out, *signature);
  out.push_back('"');
  digests_.clear();
  end_line(out, begin);
  return {};
}

}  // namespace toolpost::audit
