// SPDX-License-Identifier: Apache-2.0
// A JSON-RPC 2.0 request id as MCP allows it: a string or an integer, never null.
#pragma once

#include "json/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace toolpost::mcp {

class RequestId {
 public:
  // Longer ids serve nobody and would be kept for every live call.
  static constexpr std::size_t kMaxLength = 512;

  explicit RequestId(std::int64_t number) : value_(number) {}

  explicit RequestId(std::string text) : value_(std::move(text)) {}

  static std::optional<RequestId> from(const json::Value& value);

  // Null when it is a number.
  const std::string* text() const noexcept { return std::get_if<std::string>(&value_); }

  // As JSON; also the key under which a live call is found, since 1 and "1" differ.
  std::string to_json() const;

  friend bool operator==(const RequestId&, const RequestId&) = default;

 private:
  std::variant<std::int64_t, std::string> value_;
};

}  // namespace toolpost::mcp
