// SPDX-License-Identifier: Apache-2.0
// Finds the end of one HTTP answer, sized or chunked. Just enough of HTTP for a peer that is
// trusted to be correct; anything but one whole answer with status 200 is bad.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bench {

class AnswerReader {
 public:
  enum class State { kIncomplete, kComplete, kBad };

  State feed(std::string_view data);

  // Everything fed since the last reset, framing included.
  std::string_view text() const { return text_; }

  void reset() { text_.clear(); }

 private:
  std::string text_;
};

}  // namespace bench
