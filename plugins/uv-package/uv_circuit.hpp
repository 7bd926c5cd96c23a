// SPDX-License-Identifier: Apache-2.0
// Keeps calls away for a while when several in a row have come to nothing because of uv or of the
// package index: each more would hold a thread and its client until its time is over. Then one call
// at a time tries whether they have come back.
//
// The plugin's time limits end as tool errors, which the host's circuit does not see, and rightly:
// the plugin itself is well. One circuit for uv as a whole, not one for each index: a resolution
// asks all indexes that are configured, and uv's end does not say which of them was silent. So an
// index that only one project names (project_index_urls) can keep the others waiting, for
// circuit_open_ms at most and only when no other call has succeeded in between.
#pragma once

#include "checked.hpp"

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

namespace toolpost::uv_package {

struct CircuitLimits {
  int failures = 5;  // in a row, until it opens; 0: never
  std::chrono::milliseconds open{30'000};
};

// Any thread may call anything; what time it is, it is told.
class UvCircuit {
 public:
  using Clock = std::chrono::steady_clock;

  explicit UvCircuit(CircuitLimits limits) noexcept : limits_(limits) {}

  enum class Change { kNone, kOpened, kClosed };

  // One call that was let through. What it never says counts neither way: it was cancelled, or
  // refused for a reason of its own.
  class Pass {
   public:
    Pass(Pass&& other) noexcept;
    Pass& operator=(Pass&&) = delete;
    ~Pass();

    // One uv did what it should. A failure of another one of the same call outweighs it.
    void succeeded() noexcept { has_succeeded_ = true; }

    // `how` lives for ever, and names nothing of the caller's: others will read it.
    void failed(std::string_view how) noexcept { failure_ = how; }

    // The call is over; once.
    Change end(Clock::time_point now);

   private:
    friend class UvCircuit;

    Pass(UvCircuit& circuit, bool is_probe) noexcept : circuit_(&circuit), is_probe_(is_probe) {}

    UvCircuit* circuit_;
    bool is_probe_;
    bool has_succeeded_ = false;
    std::string_view failure_;
  };

  // A refusal says since when, why, and when to try again.
  Checked<Pass> admit(Clock::time_point now);

 private:
  Change ended(const Pass& pass, Clock::time_point now);
  Change ended_probe(const Pass& pass, Clock::time_point now);

  const CircuitLimits limits_;
  std::mutex mutex_;
  bool is_open_ = false;
  bool is_probing_ = false;
  int failures_ = 0;
  std::string_view last_failure_;
  Clock::time_point failed_at_{};
  Clock::time_point until_{};  // then one call may try
};

// What uv wrote on stderr, when it ended because an index could not be reached or failed itself.
// Only uv's own chain of causes counts: what a build backend printed comes after it.
bool is_index_failure(std::string_view uv_stderr);

}  // namespace toolpost::uv_package
