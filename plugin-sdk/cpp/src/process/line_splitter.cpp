// SPDX-License-Identifier: Apache-2.0
// Lines end with \n or \r\n.
#include "line_splitter.hpp"

#include <algorithm>

namespace toolpost::sdk::detail {

void LineSplitter::append(std::string_view bytes) {
  if (!consumer_) return;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    add_to_line(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    hand_out();
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::finish() {
  if (consumer_ && !line_.empty()) hand_out();
}

void LineSplitter::add_to_line(std::string_view bytes) {
  while (line_.size() + bytes.size() > kMaxLine) {
    const std::size_t fits = kMaxLine - line_.size();
    line_ += bytes.substr(0, fits);
    bytes.remove_prefix(fits);
    hand_out();
  }
  line_ += bytes;
}

void LineSplitter::hand_out() {
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  std::string line;
  line.swap(line_);
  consumer_(stream_, line);
}

}  // namespace toolpost::sdk::detail
