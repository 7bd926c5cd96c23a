// SPDX-License-Identifier: Apache-2.0
#include "mcp/log_level.hpp"

#include "json/writer.hpp"
#include "mcp/message.hpp"

#include <array>

namespace toolpost::mcp {
namespace {

constexpr std::array<std::string_view, 8> kLevelNames = {
    "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"};

}  // namespace

std::string_view to_string(LogLevel level) noexcept {
  return kLevelNames[static_cast<std::size_t>(level)];
}

std::optional<LogLevel> parse_log_level(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

std::string log_notification(LogLevel level, std::string_view logger, std::string_view text) {
  std::string params;
  json::Writer writer{params};
  writer.begin_object().member("level", to_string(level)).member("logger", logger);
  writer.member("data", text).end_object();
  return notification("notifications/message", params);
}

}  // namespace toolpost::mcp
