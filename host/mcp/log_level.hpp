// SPDX-License-Identifier: Apache-2.0
// The levels of log messages to clients, those of RFC 5424 by name, least severe first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::mcp {

enum class LogLevel : std::uint8_t {
  kDebug,
  kInfo,
  kNotice,
  kWarning,
  kError,
  kCritical,
  kAlert,
  kEmergency
};

std::string_view to_string(LogLevel level) noexcept;
std::optional<LogLevel> parse_log_level(std::string_view name) noexcept;

// A notifications/message; `text` becomes its data.
std::string log_notification(LogLevel level, std::string_view logger, std::string_view text);

}  // namespace toolpost::mcp
