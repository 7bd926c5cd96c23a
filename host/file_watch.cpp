// SPDX-License-Identifier: Apache-2.0
#include "file_watch.hpp"

#include "base/problems.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/inotify.h>
#include <utility>

namespace toolpost {
namespace {

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

}  // namespace

FileWatch::FileWatch(boost::asio::io_context& io, IsMeant is_meant, std::function<void()> changed)
    : is_meant_(std::move(is_meant)), changed_(std::move(changed)), events_(io), timer_(io) {}

Result<> FileWatch::watch(const std::vector<std::string>& directories) {
  if (!events_.is_open()) {
    const int fd = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd < 0) return errno_error("watch files", errno);
    events_.assign(fd);
    read();
  }
  std::vector<int> watches;
  Problems problems;
  for (const std::string& directory : directories) {
    const int watch = ::inotify_add_watch(events_.native_handle(), directory.c_str(), kEvents);
    if (watch < 0) {
      problems.add(directory, std::string{"cannot be watched: "} + std::strerror(errno));
    } else {
      watches.push_back(watch);
    }
  }
  for (const int old : watches_) {
    if (std::find(watches.begin(), watches.end(), old) == watches.end()) {
      ::inotify_rm_watch(events_.native_handle(), old);
    }
  }
  watches_ = std::move(watches);
  if (!problems.empty()) return problems.to_error();
  return {};
}

void FileWatch::stop() {
  timer_.cancel();
  boost::system::error_code ignored;
  events_.close(ignored);
}

void FileWatch::read() {
  events_.async_read_some(boost::asio::buffer(buffer_),
                          [this](const boost::system::error_code& ec, std::size_t size) {
                            if (ec) return;
                            on_events(size);
                            read();
                          });
}

void FileWatch::on_events(std::size_t size) {
  bool is_any = false;
  for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
    inotify_event event{};
    std::memcpy(&event, buffer_.data() + at, sizeof event);
    const char* name = buffer_.data() + at + sizeof event;
    // What was lost may have been meant.
    if ((event.mask & IN_Q_OVERFLOW) != 0) is_any = true;
    if (event.len != 0 && is_meant_({name, ::strnlen(name, event.len)})) is_any = true;
    at += sizeof event + event.len;
  }
  if (!is_any) return;
  timer_.expires_after(kQuiet);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) changed_();
  });
}

}  // namespace toolpost
