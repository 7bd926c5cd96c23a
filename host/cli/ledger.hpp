// SPDX-License-Identifier: Apache-2.0
// What the audit commands share: which ledger is meant, whose keys are believed, where output goes.
#pragma once

#include "audit/directory.hpp"
#include "audit/verify.hpp"
#include "config/command_line.hpp"
#include "config/config.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace toolpost::cli {

// --directory, or that of the configuration.
Result<audit::Directory> open_ledger(const config::Config& config,
                                     const config::AuditArguments& arguments);

// The keys and checkpoints of --anchor, or the public half of audit.key_file.
Result<audit::VerifyOptions> verify_options(const config::Config& config,
                                            const config::AuditArguments& arguments);

// --out, or stdout.
class Output {
 public:
  static Result<Output> open(const std::string& file);

  // False when the text could not be taken; then there is no sense in going on.
  bool write(std::string_view text);
  // Whether everything has been taken, and with --out is on the disk.
  Result<> finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept;
  };

  explicit Output(std::FILE* file) : file_(file) {}

  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace toolpost::cli
