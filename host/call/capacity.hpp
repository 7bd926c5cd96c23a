// SPDX-License-Identifier: Apache-2.0
// How much the server takes on at once. Past that it works on what it has, and tells the others
// when to come back: a call that is refused costs little, one that is taken and never ends much.
#pragma once

#include "call/call.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace toolpost::call {

// Belongs to the I/O thread. Counts the calls whose clients wait for the server; those that wait
// for an answer of their client do not count.
class Capacity {
 public:
  // Whether memory is short. Asked for each call, so it may not cost a system call each time.
  using MemoryIsShort = std::function<bool(Clock::time_point now)>;

  // So many calls at once; 0: no limit.
  void set_limit(std::size_t calls) noexcept { limit_ = calls; }

  void watch_memory(MemoryIsShort is_short) { memory_is_short_ = std::move(is_short); }

  // Takes a place, or says why there is none. Whoever has as many places as are free gets no
  // further one: one caller alone can have half of them, two a third each, so that whoever comes
  // next finds some. The caller `local` is alone on its machine and may have all of them. While
  // memory is short a call is taken only when there is no other.
  std::optional<mcp::Failure> enter(const Call& call, Clock::time_point now);

  // Why a large body is not read now, if so: memory is short, and reading it would take more.
  std::optional<mcp::Failure> refuse_body(Clock::time_point now);

  // A place for what was let in before and goes on.
  void resume(const Call& call);

  // A place of that call, if it has one, is free again.
  void leave(const Call& call);

  std::size_t taken() const noexcept { return places_.size(); }

  std::size_t limit() const noexcept { return limit_; }

  struct Refused {
    std::uint64_t calls = 0;
    std::uint64_t share = 0;   // there was a place, but not for this caller
    std::uint64_t memory = 0;  // large bodies too
  };

  const Refused& refused() const noexcept { return refused_; }

 private:
  std::size_t limit_ = 0;
  MemoryIsShort memory_is_short_;
  std::vector<CallId> places_;  // in order: ids grow
  // By principal. A few of those that have none are left: who calls once calls again.
  std::unordered_map<std::string, std::size_t> taken_by_;
  Refused refused_;
};

}  // namespace toolpost::call
