// SPDX-License-Identifier: Apache-2.0
// Reloads one after another. Whoever asks while one runs gets the outcome of the next, which reads
// what is on the disk by then; many who ask meanwhile share that one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace toolpost {

struct ReloadOutcome {
  bool is_done = false;
  // What has changed, or why nothing has. Complete lines for people.
  std::vector<std::string> lines;
};

// For /metrics (config/metrics.md).
struct ReloadCounts {
  std::uint64_t done = 0;
  std::uint64_t refused = 0;
  std::chrono::system_clock::time_point last_done{};  // zero: none yet
};

using ReloadDone = std::function<void(const ReloadOutcome&)>;

// Belongs to one thread.
class ReloadQueue {
 public:
  // `begin` starts a reload, which ends with tell() and then finish().
  explicit ReloadQueue(std::function<void()> begin) : begin_(std::move(begin)) {}

  // `done` may be empty.
  void ask(ReloadDone done) {
    waiting_.push_back(std::move(done));
    start();
  }

  const ReloadCounts& counts() const noexcept { return counts_; }

  bool is_running() const noexcept { return running_; }

  // To all whom the present one is for.
  void tell(const ReloadOutcome& outcome) {
    ++(outcome.is_done ? counts_.done : counts_.refused);
    if (outcome.is_done) counts_.last_done = std::chrono::system_clock::now();
    for (const ReloadDone& done : std::exchange(served_, {})) {
      if (done) done(outcome);
    }
  }

  // The next one may begin.
  void finish() {
    running_ = false;
    start();
  }

 private:
  void start() {
    if (running_ || waiting_.empty()) return;
    running_ = true;
    served_ = std::exchange(waiting_, {});
    begin_();
  }

  std::function<void()> begin_;
  std::vector<ReloadDone> waiting_;
  std::vector<ReloadDone> served_;
  bool running_ = false;
  ReloadCounts counts_;
};

}  // namespace toolpost
