// SPDX-License-Identifier: Apache-2.0
// Bytes are looked at once, however small the pieces are that they come in.
#include "answer_lines.hpp"

namespace toolpost::sdk::detail {

AnswerLines::State AnswerLines::hand_out(const Conversation::OnLine& on_line) {
  State state = State::kWantsMore;
  while (state != State::kLast) {
    const std::size_t end = buffer_.find('\n', scanned_);
    if (end == std::string::npos) {
      scanned_ = buffer_.size();
      if (answer_ + scanned_ - begin_ > max_answer_) return State::kTooLong;
      break;
    }
    const std::string_view line(buffer_.data() + begin_, end - begin_);
    answer_ += line.size() + 1;
    if (answer_ > max_answer_) return State::kTooLong;
    begin_ = end + 1;
    scanned_ = begin_;
    const Heard heard = on_line(line);
    if (heard == Heard::kMore) continue;
    answer_ = 0;
    state = heard == Heard::kLast ? State::kLast : State::kAnswered;
  }
  forget_handed_out();
  return state;
}

// Once for each piece that was read, so that it costs a copy of the last, unfinished line only.
void AnswerLines::forget_handed_out() {
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
}

}  // namespace toolpost::sdk::detail
