// SPDX-License-Identifier: Apache-2.0
// Whole lines out of the pieces that a pipe delivers, with a bound on what one answer may hold.
#pragma once

#include <toolpost/conversation.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace toolpost::sdk::detail {

// Of one thread. A line is handed out as a view into the buffer and is not copied.
class AnswerLines {
 public:
  enum class State { kWantsMore, kAnswered, kLast, kTooLong };

  explicit AnswerLines(std::size_t max_answer) : max_answer_(max_answer) {}

  void append(std::string_view bytes) { buffer_ += bytes; }

  // Hands out what is there, until the last answer has ended. kAnswered: one of several ended.
  State hand_out(const Conversation::OnLine& on_line);

 private:
  void forget_handed_out();

  std::size_t max_answer_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the line that is not handed out yet
  std::size_t scanned_ = 0;  // up to here there is no end of it
  std::size_t answer_ = 0;   // bytes of the answer that were handed out
};

}  // namespace toolpost::sdk::detail
