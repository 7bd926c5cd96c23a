// SPDX-License-Identifier: Apache-2.0
#include "audit/member.hpp"

#include "base/base64.hpp"

#include <algorithm>

namespace toolpost::audit {

std::string text_of(const json::Value& object, const char* name) {
  const json::Value* value = object.find_string(name);
  return value == nullptr ? std::string{} : std::string{value->as_string()};
}

std::uint64_t number_of(const json::Value& object, const char* name) {
  const json::Value* value = object.find(name);
  const bool is_number =
      value != nullptr && value->type() == json::Type::kInt64 && value->as_int64() >= 0;
  return is_number ? static_cast<std::uint64_t>(value->as_int64()) : 0;
}

std::optional<Hash> to_hash(std::string_view text) {
  const auto bytes = decode_base64url(text);
  if (!bytes || bytes->size() != kHashBytes) return std::nullopt;
  Hash hash{};
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

}  // namespace toolpost::audit
