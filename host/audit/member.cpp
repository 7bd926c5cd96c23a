// SPDX-License-Identifier: Apache-2.0
#include "audit/member.hpp"

#include "base/base64.hpp"

#include <algorithm>

namespace toolpost::audit {

std::string text_of(const json::Value& object, const char* name) {
  const json::Value* value = object.find_string(name);
  return value == nullptr ? std::string{} : std::string{value->as_string()};
}

std::optional<std::uint64_t> find_number(const json::Value& object, const char* name) {
  const json::Value* value = object.find(name);
  if (value == nullptr || value->type() != json::Type::kInt64 || value->as_int64() < 0) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(value->as_int64());
}

std::uint64_t number_of(const json::Value& object, const char* name) {
  return find_number(object, name).value_or(0);
}

std::optional<Hash> to_hash(std::string_view text) {
  const auto bytes = decode_base64url(text);
  if (!bytes || bytes->size() != kHashBytes) return std::nullopt;
  Hash hash{};
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

}  // namespace toolpost::audit
