// SPDX-License-Identifier: Apache-2.0
#include "call/ending.hpp"

namespace toolpost::call {

std::string_view to_string(EndedAs ended_as) noexcept {
  switch (ended_as) {
    case EndedAs::kOk:
      return "ok";
    case EndedAs::kToolError:
      return "tool_error";
    case EndedAs::kInputRequired:
      return "input_required";
    case EndedAs::kError:
      return "error";
    case EndedAs::kInvalid:
      return "invalid";
    case EndedAs::kUnknown:
      return "unknown";
    case EndedAs::kDenied:
      return "denied";
    case EndedAs::kRateLimited:
      return "rate_limited";
    case EndedAs::kBusy:
      return "busy";
    case EndedAs::kCancelled:
      return "cancelled";
    case EndedAs::kTimeout:
      return "timeout";
    case EndedAs::kRevoked:
      return "revoked";
    case EndedAs::kStopped:
      return "stopped";
    case EndedAs::kUnavailable:
      return "unavailable";
  }
  return "error";
}

}  // namespace toolpost::call
