// SPDX-License-Identifier: Apache-2.0
// Turns a burst of changes into one report. Knows no clock: the time comes in.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace toolpost::project_index {

// One thread.
class ChangeBatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Pace {
    std::chrono::milliseconds quiet;    // a report is due so long after the last change
    std::chrono::milliseconds longest;  // and at the latest so long after the first
    std::size_t max_changes;            // more are a sweep
  };

  explicit ChangeBatch(Pace pace) : pace_(pace) {}

  void add(std::string path, Time now);
  void add_sweep(Time now);

  bool is_sweep() const noexcept { return is_sweep_; }

  // When the report is due; nothing when there is nothing to report.
  std::optional<Time> due() const;

  // The changes, sorted, and begins anew. Empty for a sweep.
  std::vector<std::string> take();

 private:
  void touch(Time now);

  Pace pace_;
  std::set<std::string> changes_;
  bool is_sweep_ = false;
  std::optional<Time> first_;
  Time last_;
};

}  // namespace toolpost::project_index
