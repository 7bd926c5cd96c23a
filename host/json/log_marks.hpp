// SPDX-License-Identifier: Apache-2.0
// Which properties of a tool's arguments its author lets stand readably in records
// ("x-toolpost-log" in the input schema). What has no mark is recorded as a digest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::json {

struct LogMark;

// Of one object. Holds only properties that are marked or have marked ones below.
struct LogMarks {
  std::vector<LogMark> properties;

  // Null for a property without marks.
  const LogMark* find(std::string_view property) const noexcept;
};

struct LogMark {
  std::string property;
  bool in_clear = false;  // the whole value, whatever is below
  LogMarks below{};
};

inline const LogMark* LogMarks::find(std::string_view property) const noexcept {
  for (const LogMark& mark : properties) {
    if (mark.property == property) return &mark;
  }
  return nullptr;
}

}  // namespace toolpost::json
