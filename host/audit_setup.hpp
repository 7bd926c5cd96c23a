// SPDX-License-Identifier: Apache-2.0
// The journal of this process, opened as the configuration says.
#pragma once

#include "audit/caretaker.hpp"
#include "audit/directory.hpp"
#include "audit/journal.hpp"
#include "audit/rotation.hpp"
#include "audit/seal_key.hpp"
#include "audit/second_sink.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "config/config.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace toolpost {

// Must outlive whatever records. Never destroyed before its storage answers.
class Audit {
 public:
  // Starts a chain; its first records are on the disk when this returns. `command` as in
  // config/audit.md.
  static Result<std::unique_ptr<Audit>> open(const config::Config& config, std::string_view command,
                                             Log& log);

  audit::Journal& journal() noexcept { return *journal_; }

  // The configuration in force is another one; the next start of `command` compares with it.
  Result<> remember(std::string_view command, const std::string& settings);

  // Seals the chain, see audit::Journal::close(). False when something still waits for its storage.
  bool close(std::string_view reason, std::chrono::milliseconds patience, Log& log);

 private:
  audit::JournalHooks hooks();
  void take_care(std::uint64_t retain_days, std::string_view command, Log& log);

  Audit(audit::Directory directory, audit::SealKey key)
      : directory_(std::move(directory)), key_(std::move(key)) {}

  audit::Directory directory_;
  audit::SealKey key_;
  bool anchor_required_ = false;
  std::chrono::milliseconds patience_{0};
  audit::RotationWatch rotation_{directory_};
  std::unique_ptr<audit::SecondSink> second_;  // null: there is none
  std::unique_ptr<audit::Journal> journal_;
  std::unique_ptr<audit::Caretaker> caretaker_;  // null: everything is kept
};

}  // namespace toolpost
