// SPDX-License-Identifier: Apache-2.0
// What the dispatcher tells the audit, and what it hears back. Without a journal everything counts
// as recorded at once.
#pragma once

#include "audit/journal.hpp"
#include "call/call.hpp"
#include "call/ending.hpp"
#include "policy/access_rules.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace toolpost::call {

// Called on any thread, and must not wait.
class RecordListener {
 public:
  virtual ~RecordListener() = default;
  // `seq` is the record's number; 0: it could not be recorded, and the call must not begin.
  virtual void intent_recorded(std::shared_ptr<Call> call, std::uint64_t seq) noexcept = 0;
  // False: it could not be recorded, and the answer must not be given.
  virtual void outcome_recorded(std::shared_ptr<Call> call, bool recorded) noexcept = 0;
};

enum class OnFailure : std::uint8_t {
  kRefuse,  // no record, no call
  kAllow,   // calls go on; how many have no record is recorded later
};

class CallAudit {
 public:
  using Rules = std::shared_ptr<const policy::AccessRules>;

  explicit CallAudit(RecordListener& listener) : listener_(listener) {}

  // Before the first call. The journal outlives this.
  void use(audit::Journal& journal, OnFailure on_failure) {
    journal_ = &journal;
    on_failure_ = on_failure;
  }

  // Why no call may be taken now; nothing when it may.
  std::optional<mcp::Failure> refuse_all(Clock::time_point now);

  // Those who wait for a record have waited long enough.
  bool is_stalled(Clock::time_point now) const;

  bool goes_on_without() const noexcept { return on_failure_ == OnFailure::kAllow; }

  // An intent is to be recorded first, see decision in config/audit.md about what has effects.
  bool wants_intent(const Call& call) const noexcept {
    return journal_ != nullptr && call.has_effects;
  }

  // [I/O thread]
  void record_intent(const std::shared_ptr<Call>& call, Rules rules);

  // [I/O thread] True when there is nothing to wait for: the listener will not be called.
  bool record_outcome(const std::shared_ptr<Call>& call, Ending ending, Rules rules);
  // [any other thread] The same, and the listener is called always.
  void record_completion(const std::shared_ptr<Call>& call, Ending ending, Rules rules);

  // Something was not recorded although it happened, because on_failure allows that.
  void count_unrecorded() {
    if (journal_ != nullptr) journal_->count_unrecorded();
  }

 private:
  bool skips_records() const;

  RecordListener& listener_;
  audit::Journal* journal_ = nullptr;
  OnFailure on_failure_ = OnFailure::kRefuse;
};

mcp::Failure no_audit(std::string message);

}  // namespace toolpost::call
