// SPDX-License-Identifier: Apache-2.0
// The ABI's status codes as an enum, and the one exception a plugin may throw on purpose: the SDK
// turns it into the status and message it carries. Every other exception becomes kInternal.
#pragma once

#include <toolpost/plugin.h>

#include <stdexcept>
#include <string>

namespace toolpost::sdk {

enum class Status : toolpost_status {
  kOk = TOOLPOST_OK,
  kInvalid = TOOLPOST_E_INVALID,
  kNotFound = TOOLPOST_E_NOT_FOUND,
  kDenied = TOOLPOST_E_DENIED,
  kCancelled = TOOLPOST_E_CANCELLED,
  kDeadline = TOOLPOST_E_DEADLINE,
  kUnavailable = TOOLPOST_E_UNAVAILABLE,
  kUnsupported = TOOLPOST_E_UNSUPPORTED,
  kState = TOOLPOST_E_STATE,
  kLimit = TOOLPOST_E_LIMIT,
  kInternal = TOOLPOST_E_INTERNAL
};

// Throw it from a constructor, start() or a handler. The message reaches the operator's log and,
// from a handler, the client: keep secrets out of it. A kOk makes no sense here and is sent as
// kInternal.
class Error : public std::runtime_error {
 public:
  Error(Status status, const std::string& message)
      : std::runtime_error(message), status_(status == Status::kOk ? Status::kInternal : status) {}

  Status status() const noexcept { return status_; }

 private:
  Status status_;
};

}  // namespace toolpost::sdk
