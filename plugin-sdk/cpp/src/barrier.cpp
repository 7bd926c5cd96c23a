// SPDX-License-Identifier: Apache-2.0
// The log line of an unexpected exception.
#include "barrier.hpp"

#include <string>

namespace toolpost::sdk::detail {

void log_exception_type(const HostLink& link, toolpost_call_id id, const char* type) noexcept {
  try {
    link.log(id, Severity::kError, std::string("unhandled exception of type ") + type);
  } catch (...) {
    link.log(id, Severity::kError, "unhandled exception");
  }
}

}  // namespace toolpost::sdk::detail
