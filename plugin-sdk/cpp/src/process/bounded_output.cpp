// SPDX-License-Identifier: Apache-2.0
// Cutting the tail at twice its limit makes the copying cost O(1) for each byte.
#include "bounded_output.hpp"

#include <algorithm>

namespace toolpost::sdk::detail {

void BoundedOutput::append(std::string_view bytes) {
  size_ += bytes.size();
  const std::size_t to_head = std::min(bytes.size(), head_limit_ - head_.size());
  head_ += bytes.substr(0, to_head);
  bytes.remove_prefix(to_head);
  if (bytes.size() > tail_limit_) {
    tail_.clear();
    bytes.remove_prefix(bytes.size() - tail_limit_);
  }
  tail_ += bytes;
  if (tail_.size() > 2 * tail_limit_) tail_.erase(0, tail_.size() - tail_limit_);
}

CapturedOutput BoundedOutput::take() {
  if (tail_.size() > tail_limit_) tail_.erase(0, tail_.size() - tail_limit_);
  CapturedOutput output;
  output.size = size_;
  const std::uint64_t kept = head_.size() + tail_.size();
  output.is_truncated = size_ > kept;
  output.text = std::move(head_);
  if (output.is_truncated) {
    output.text += "\n[... " + std::to_string(size_ - kept) + " bytes left out ...]\n";
  }
  output.text += tail_;
  return output;
}

}  // namespace toolpost::sdk::detail
