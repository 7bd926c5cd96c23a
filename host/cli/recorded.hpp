// SPDX-License-Identifier: Apache-2.0
// A users' command and the audit: begun only when it can be recorded, and recorded before it is
// said to have succeeded.
#pragma once

#include "audit_setup.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "config/config.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace toolpost::cli {

class Recorded {
 public:
  // `command` as in config/audit.md. The error says why nothing may be done.
  static Result<Recorded> begin(const config::Config& config, std::string_view command);

  // Records what was done and seals the chain. An error says that it was done all the same.
  Result<> done(std::string_view action, const std::string& user, const std::string& key_id);

  // Records that it came to nothing.
  void failed(std::string_view action, const std::string& user, const Error& why);

 private:
  explicit Recorded(std::unique_ptr<Log> log) : log_(std::move(log)) {}

  Result<> record(std::string object);

  std::unique_ptr<Log> log_;
  std::unique_ptr<Audit> audit_;  // null: none is kept
};

}  // namespace toolpost::cli
