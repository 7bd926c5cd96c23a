// SPDX-License-Identifier: Apache-2.0
// Cuts a stream into lines for Command::on_line.
#pragma once

#include <toolpost/process.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace toolpost::sdk::detail {

class LineSplitter {
 public:
  // A longer line comes in pieces of this size.
  static constexpr std::size_t kMaxLine = 4096;

  using Consumer = std::function<void(Stream, std::string_view)>;

  // Borrows the consumer; an empty one makes this a no-op.
  LineSplitter(const Consumer& consumer, Stream stream) : consumer_(consumer), stream_(stream) {}

  void append(std::string_view bytes);
  // Hands out the last line if it has no end.
  void finish();

 private:
  void add_to_line(std::string_view bytes);
  void hand_out();

  const Consumer& consumer_;
  Stream stream_;
  std::string line_;
};

}  // namespace toolpost::sdk::detail
