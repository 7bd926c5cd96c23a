// SPDX-License-Identifier: Apache-2.0
#include "store/sealed_values.hpp"

#include <array>

namespace toolpost::store {
namespace {

constexpr std::string_view kPurpose = "store/1 ";
constexpr std::size_t kTimeBytes = 8;

std::string time_bytes(SealedValues::UnixTime time) {
  auto count = static_cast<std::uint64_t>(time.time_since_epoch().count());
  std::string bytes(kTimeBytes, '\0');
  for (std::size_t at = kTimeBytes; at-- > 0; count >>= 8) {
    bytes[at] = static_cast<char>(count & 0xff);
  }
  return bytes;
}

SealedValues::UnixTime read_time(std::string_view bytes) {
  std::uint64_t count = 0;
  for (const char byte : bytes) count = count << 8 | static_cast<unsigned char>(byte);
  return SealedValues::UnixTime{std::chrono::seconds{static_cast<std::int64_t>(count)}};
}

}  // namespace

SealedValues::SealedValues(Store& store, const identity::SealKeys& keys, std::string prefix,
                           std::function<UnixTime()> now)
    : store_(store), keys_(keys), prefix_(std::move(prefix)), now_(std::move(now)) {}

std::string SealedValues::name(std::string_view key) const {
  return prefix_ + std::string{key};
}

Result<std::optional<std::string>> SealedValues::get(std::string_view key) {
  const std::string full = name(key);
  const std::array<std::string_view, 2> words{"GET", full};
  const auto reply = store_.ask(words);
  if (!reply) return reply.error();
  if (reply->kind == Reply::Kind::kNothing) return std::optional<std::string>{};
  auto plain = reply->kind == Reply::Kind::kText
                   ? keys_.open_bytes(std::string{kPurpose} + full, reply->text)
                   : std::nullopt;
  if (!plain || plain->size() < kTimeBytes) {
    ++rejected_;
    return std::optional<std::string>{};
  }
  if (read_time(std::string_view{*plain}.substr(0, kTimeBytes)) <= now_()) {
    return std::optional<std::string>{};
  }
  plain->erase(0, kTimeBytes);
  return plain;
}

Result<> SealedValues::set(std::string_view key, std::string_view value,
                           std::chrono::seconds life) {
  const std::string full = name(key);
  std::string content = time_bytes(now_() + life);
  content.append(value);
  const auto sealed = keys_.seal_bytes(std::string{kPurpose} + full, content);
  if (!sealed) return sealed.error();
  const std::string seconds = std::to_string(life.count());
  const std::array<std::string_view, 5> words{"SET", full, *sealed, "EX", seconds};
  const auto reply = store_.ask(words);
  if (!reply) return reply.error();
  if (reply->text != "OK") return Error{Errc::kUnavailable, "the value was not taken"};
  return {};
}

Result<> SealedValues::remove(std::string_view key) {
  const std::string full = name(key);
  const std::array<std::string_view, 2> words{"DEL", full};
  const auto reply = store_.ask(words);
  return reply ? Result<>{} : Result<>{reply.error()};
}

}  // namespace toolpost::store
