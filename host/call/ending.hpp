// SPDX-License-Identifier: Apache-2.0
// How a call ended, in the words of the audit (config/audit.md).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace toolpost::call {

enum class EndedAs {
  kOk,
  kToolError,
  kInputRequired,
  kError,
  kInvalid,
  kUnknown,
  kDenied,
  kRateLimited,
  kBusy,
  kCancelled,
  kTimeout,
  kRevoked,
  kStopped,
  kUnavailable,
};

inline constexpr std::size_t kEndings = static_cast<std::size_t>(EndedAs::kUnavailable) + 1;

std::string_view to_string(EndedAs ended_as) noexcept;

struct Ending {
  EndedAs as = EndedAs::kOk;
  int code = 0;        // of JSON-RPC; 0: none
  std::string rule{};  // of a denial
  std::size_t result_bytes = 0;
};

}  // namespace toolpost::call
