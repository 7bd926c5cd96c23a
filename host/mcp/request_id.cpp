// SPDX-License-Identifier: Apache-2.0
#include "mcp/request_id.hpp"

#include "base/json_escape.hpp"

namespace toolpost::mcp {

std::optional<RequestId> RequestId::from(const json::Value& value) {
  if (value.type() == json::Type::kInt64) return RequestId{value.as_int64()};
  if (value.is_string() && value.as_string().size() <= kMaxLength) {
    return RequestId{std::string{value.as_string()}};
  }
  return std::nullopt;
}

std::string RequestId::to_json() const {
  if (const auto* number = std::get_if<std::int64_t>(&value_)) return std::to_string(*number);
  std::string text;
  append_json_string(text, std::get<std::string>(value_));
  return text;
}

}  // namespace toolpost::mcp
