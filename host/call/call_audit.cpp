// SPDX-License-Identifier: Apache-2.0
#include "call/call_audit.hpp"

#include "call/call_record.hpp"

#include <utility>

namespace toolpost::call {
namespace {

class IntentEntry final : public audit::Entry {
 public:
  IntentEntry(std::shared_ptr<Call> call, CallAudit::Rules rules, RecordListener& listener)
      : call_(std::move(call)), rules_(std::move(rules)), listener_(listener) {}

  std::string_view type() const noexcept override { return "intent"; }

  audit::Durability durability() const noexcept override { return audit::Durability::kSynced; }

  void write(std::string& out, audit::Scribe& scribe) override {
    append_intent(out, *call_, *rules_, scribe);
  }

  void done(std::uint64_t seq) noexcept override {
    listener_.intent_recorded(std::move(call_), seq);
  }

 private:
  std::shared_ptr<Call> call_;
  CallAudit::Rules rules_;
  RecordListener& listener_;
};

class OutcomeEntry final : public audit::Entry {
 public:
  OutcomeEntry(std::shared_ptr<Call> call, Ending ending, CallAudit::Rules rules, bool may_be_lost,
               RecordListener& listener)
      : call_(std::move(call)),
        ending_(std::move(ending)),
        rules_(std::move(rules)),
        listener_(listener),
        may_be_lost_(may_be_lost) {}

  std::string_view type() const noexcept override { return "outcome"; }

  // What has not begun has had no effect.
  audit::Durability durability() const noexcept override {
    return call_->intent_seq != 0 ? audit::Durability::kSynced : audit::Durability::kWritten;
  }

  void write(std::string& out, audit::Scribe& scribe) override {
    append_outcome(out, *call_, ending_, ended_, *rules_, scribe);
  }

  void done(std::uint64_t seq) noexcept override {
    listener_.outcome_recorded(std::move(call_), seq != 0 || may_be_lost_);
  }

 private:
  std::shared_ptr<Call> call_;
  const Ending ending_;
  const Clock::time_point ended_ = Clock::now();
  CallAudit::Rules rules_;
  RecordListener& listener_;
  const bool may_be_lost_;
};

}  // namespace

mcp::Failure no_audit(std::string message) {
  return mcp::overloaded("audit", std::move(message));
}

std::optional<mcp::Failure> CallAudit::refuse_all(Clock::time_point now) {
  if (journal_ == nullptr || goes_on_without()) return std::nullopt;
  const audit::Trouble trouble = journal_->trouble(now);
  if (trouble == audit::Trouble::kNone) return std::nullopt;
  if (trouble == audit::Trouble::kStalled) journal_->tell_stalled();
  journal_->count_refused();
  return no_audit("No call is taken: " + std::string{to_string(trouble)});
}

bool CallAudit::is_stalled(Clock::time_point now) const {
  if (journal_ == nullptr || journal_->trouble(now) != audit::Trouble::kStalled) return false;
  journal_->tell_stalled();
  return true;
}

// Not even asked: what does not answer would hold up whoever asks.
bool CallAudit::skips_records() const {
  return goes_on_without() && is_stalled(Clock::now());
}

void CallAudit::record_intent(const std::shared_ptr<Call>& call, Rules rules) {
  if (skips_records()) {
    listener_.intent_recorded(call, 0);
    return;
  }
  std::unique_ptr<audit::Entry> entry =
      std::make_unique<IntentEntry>(call, std::move(rules), listener_);
  if (!journal_->submit(entry)) entry->done(0);
}

bool CallAudit::record_outcome(const std::shared_ptr<Call>& call, Ending ending, Rules rules) {
  if (journal_ == nullptr) return true;
  if (skips_records()) {
    journal_->count_unrecorded();
    return true;
  }
  std::unique_ptr<audit::Entry> entry = std::make_unique<OutcomeEntry>(
      call, std::move(ending), std::move(rules), goes_on_without(), listener_);
  if (journal_->submit(entry)) return false;
  journal_->count_unrecorded();
  entry->done(0);
  return false;
}

void CallAudit::record_completion(const std::shared_ptr<Call>& call, Ending ending, Rules rules) {
  if (journal_ == nullptr || skips_records()) {
    count_unrecorded();
    listener_.outcome_recorded(call, true);
    return;
  }
  journal_->record(std::make_unique<OutcomeEntry>(call, std::move(ending), std::move(rules),
                                                  goes_on_without(), listener_));
}

}  // namespace toolpost::call
