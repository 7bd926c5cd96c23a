// SPDX-License-Identifier: Apache-2.0
// A bounded queue between two threads, without a lock: one puts in, the other takes out.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

namespace toolpost::async {

template <class T>
class SpscRing {
 public:
  // At least so many places.
  explicit SpscRing(std::size_t places) : slots_(std::bit_ceil(places)) {}

  // [producer] False, and `value` as it was, when the ring is full.
  bool put(T& value) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) == slots_.size()) return false;
    slots_[tail & (slots_.size() - 1)] = std::move(value);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // [consumer] Hands each value to `take`, oldest first.
  template <class Take>
  void drain(Take take) {
    std::size_t head = head_.load(std::memory_order_relaxed);
    for (; head != tail_.load(std::memory_order_acquire); ++head) {
      take(std::move(slots_[head & (slots_.size() - 1)]));
      head_.store(head + 1, std::memory_order_release);
    }
  }

  // Any thread; what it says may be past already.
  bool empty() const noexcept {
    return head_.load(std::memory_order_acquire) == tail_.load(std::memory_order_acquire);
  }

 private:
  static constexpr std::size_t kCacheLine = 64;

  std::vector<T> slots_;
  alignas(kCacheLine) std::atomic<std::size_t> head_ = 0;
  alignas(kCacheLine) std::atomic<std::size_t> tail_ = 0;
};

}  // namespace toolpost::async
