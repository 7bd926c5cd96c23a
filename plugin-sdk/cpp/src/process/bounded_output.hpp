// SPDX-License-Identifier: Apache-2.0
// Keeps the first and the last half of a stream in memory that does not grow with it.
#pragma once

#include <toolpost/process.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::sdk::detail {

class BoundedOutput {
 public:
  explicit BoundedOutput(std::size_t limit)
      : head_limit_(limit - limit / 2), tail_limit_(limit / 2) {}

  void append(std::string_view bytes);
  // The two halves with a notice between them. Call it once, at the end.
  CapturedOutput take();

 private:
  std::size_t head_limit_;
  std::size_t tail_limit_;
  std::uint64_t size_ = 0;
  std::string head_;
  std::string tail_;  // grows to twice its limit before the older part is cut off
};

}  // namespace toolpost::sdk::detail
