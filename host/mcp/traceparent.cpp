// SPDX-License-Identifier: Apache-2.0
#include "mcp/traceparent.hpp"

#include <cstddef>

namespace toolpost::mcp {
namespace {

// version "-" trace id "-" parent id "-" flags
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kParentAt = 36;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kLength = 55;

bool is_hexadecimal(std::string_view text) noexcept {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_id(std::string_view text) noexcept {
  return is_hexadecimal(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::string_view read_traceparent(std::string_view text) noexcept {
  if (text.size() < kLength) return {};
  const std::string_view version = text.substr(0, 2);
  if (text[kTraceAt - 1] != '-' || text[kParentAt - 1] != '-' || text[kFlagsAt - 1] != '-')
    return {};
  if (!is_hexadecimal(version) || version == "ff" || !is_hexadecimal(text.substr(kFlagsAt, 2)) ||
      !is_id(text.substr(kTraceAt, kParentAt - 1 - kTraceAt)) ||
      !is_id(text.substr(kParentAt, kFlagsAt - 1 - kParentAt))) {
    return {};
  }
  const bool has_more = text.size() > kLength;
  if (has_more && (version == "00" || text[kLength] != '-')) return {};
  return text.substr(0, kLength);
}

}  // namespace toolpost::mcp
