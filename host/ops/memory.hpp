// SPDX-License-Identifier: Apache-2.0
// How much memory there is for this process, how much of it is used, and when that is too much.
#pragma once

#include "base/log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace toolpost::ops {

// Where the numbers come from: the tightest limit of the control groups that the process is in
// (version 2 or 1), with what all processes in that group use and cannot be dropped; or, where
// there is no limit, the memory of the machine, with what this process uses.
class MemorySource {
 public:
  // `root` stands before /proc and /sys.
  static MemorySource find(const std::string& root = {});

  std::uint64_t limit() const noexcept { return limit_; }  // 0: unknown

  // In words: which limit it is.
  const std::string& name() const noexcept { return name_; }

  std::optional<std::uint64_t> used() const;

 private:
  enum class Kind { kMachine, kGroup1, kGroup2 };

  void take_group(Kind kind, const std::string& top, std::string path);

  Kind kind_ = Kind::kMachine;
  std::uint64_t limit_ = 0;
  std::string name_;
  std::string file_;
};

// Belongs to the I/O thread.
class MemoryWatch {
 public:
  using Clock = std::chrono::steady_clock;

  // How often the kernel is asked at most.
  static constexpr std::chrono::milliseconds kInterval{100};

  MemoryWatch(MemorySource source, Log& log) : source_(std::move(source)), log_(log) {}

  // From so many hundredths of the limit on memory is short; 0: never.
  void set_watermark(std::size_t percent) noexcept { percent_ = percent; }

  bool is_short(Clock::time_point now);

  const MemorySource& source() const noexcept { return source_; }

 private:
  bool is_beyond() const;

  MemorySource source_;
  Log& log_;
  std::size_t percent_ = 0;
  bool is_short_ = false;
  std::optional<Clock::time_point> asked_;
  std::optional<Clock::time_point> trimmed_;
};

}  // namespace toolpost::ops
