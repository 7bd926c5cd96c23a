// SPDX-License-Identifier: Apache-2.0
// Tells when files in some directories have changed and have then been left alone for a moment: a
// build writes a library in many pieces, and its manifest after it.
#pragma once

#include "base/error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost {

// Belongs to the I/O thread and lives as long as its event loop.
class FileWatch {
 public:
  // So long nothing may change before it is told of.
  static constexpr std::chrono::milliseconds kQuiet{250};

  using IsMeant = std::function<bool(std::string_view name)>;

  // `changed` runs once for all that changed in one go.
  FileWatch(boost::asio::io_context& io, IsMeant is_meant, std::function<void()> changed);

  // Those directories from now on, and no others. The error names each that cannot be watched; the
  // others are.
  Result<> watch(const std::vector<std::string>& directories);
  void stop();

 private:
  void read();
  void on_events(std::size_t size);

  const IsMeant is_meant_;
  const std::function<void()> changed_;
  boost::asio::posix::stream_descriptor events_;
  boost::asio::steady_timer timer_;
  std::vector<int> watches_;
  alignas(8) std::array<char, 16384> buffer_{};
};

}  // namespace toolpost
