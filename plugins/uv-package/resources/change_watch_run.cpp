// SPDX-License-Identifier: Apache-2.0
#include "resources/change_watch_run.hpp"

#include <toolpost/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace toolpost::uv_package {

namespace {

// One installation makes many events: they are told together, and not too late.
constexpr int kQuietMs = 100;
constexpr std::chrono::milliseconds kLongest{1000};
constexpr int kMaxLooks = 8;
constexpr int kOverflow = -1;  // inotify's number for events that were lost

constexpr std::uint32_t kEvents = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                  IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
                                  IN_DONT_FOLLOW;

}  // namespace

ChangeWatch::Run::Run(ChangeWatch& watch)
    : watch_(watch),
      notify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!notify_.valid() || !wake_.valid()) {
    throw sdk::Error(sdk::Status::kUnavailable,
                     std::string("changes of files can't be watched: ") + std::strerror(errno));
  }
  thread_ = std::thread([this] { run(); });
}

ChangeWatch::Run::~Run() {
  is_ending_ = true;
  wake();
  thread_.join();
}

void ChangeWatch::Run::wake() const noexcept {
  const std::uint64_t one = 1;
  // It fails only when the thread has not yet read an earlier one.
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

void ChangeWatch::Run::run() {
  while (!is_ending_) {
    for (const std::string& uri : watch_.new_ones(*this)) look_at(uri);
    const std::vector<std::string> watched = watch_.watched(*this);
    let_go(watched);
    const Places changed = changed_places();
    for (const std::string& uri : watched) {
      const Places& own = places_[uri];
      const bool is_changed =
          changed.count(kOverflow) != 0 ||
          std::any_of(own.begin(), own.end(), [&](int at) { return changed.count(at) != 0; });
      if (is_changed && !is_ending_) look_at(uri);
    }
  }
}

bool ChangeWatch::Run::wait(int timeout_ms) const {
  std::array<pollfd, 2> fds = {{{notify_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
  const int ready = ::poll(fds.data(), fds.size(), timeout_ms);
  std::uint64_t count = 0;
  if (ready > 0 && fds[1].revents != 0) {
    [[maybe_unused]] const auto taken = ::read(wake_.get(), &count, sizeof count);
  }
  return ready > 0 && fds[0].revents != 0;
}

ChangeWatch::Run::Places ChangeWatch::Run::read_events() const {
  alignas(inotify_event) std::array<char, 16384> buffer;
  Places out;
  for (;;) {
    const ssize_t size = ::read(notify_.get(), buffer.data(), buffer.size());
    if (size <= 0) return out;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      out.insert(event.wd);
      at += sizeof event + event.len;
    }
  }
}

ChangeWatch::Run::Places ChangeWatch::Run::changed_places() {
  Places out;
  if (!wait(-1)) return out;
  const auto end = std::chrono::steady_clock::now() + kLongest;
  do {
    out.merge(read_events());
  } while (!is_ending_ && wait(kQuietMs) && std::chrono::steady_clock::now() < end);
  return out;
}

ChangeWatch::Run::Places ChangeWatch::Run::add(const std::vector<std::string>& directories) {
  Places out;
  for (const std::string& directory : directories) {
    const int place = ::inotify_add_watch(notify_.get(), directory.c_str(), kEvents);
    if (place >= 0) {
      out.insert(place);
      added_.insert(place);
    } else if (errno != ENOENT && errno != ENOTDIR && !std::exchange(has_complained_, true)) {
      watch_.functions_.complain("changes in " + directory +
                                 " are not seen: " + std::strerror(errno));
    }
  }
  return out;
}

// A directory that appears while its parent is being added would be missed: so it is looked until
// nothing is new, and what is kept is a look from after that.
void ChangeWatch::Run::look_at(const std::string& uri) {
  Places& own = places_[uri];
  Sight sight = watch_.functions_.look(uri);
  for (int looks = 0; looks < kMaxLooks; ++looks) {
    Places now = add(sight.directories);
    const bool is_same = now == own;
    own = std::move(now);
    if (is_same) break;
    sight = watch_.functions_.look(uri);
  }
  if (watch_.keep_look(*this, uri, std::hash<std::string>()(sight.look))) {
    watch_.functions_.tell(uri);
  }
}

void ChangeWatch::Run::let_go(const std::vector<std::string>& watched) {
  Places needed;
  for (auto it = places_.begin(); it != places_.end();) {
    const bool is_watched = std::binary_search(watched.begin(), watched.end(), it->first);
    if (is_watched) needed.insert(it->second.begin(), it->second.end());
    it = is_watched ? std::next(it) : places_.erase(it);
  }
  for (const int place : added_) {
    // Of a directory that is gone the kernel has let go itself.
    if (needed.count(place) == 0) ::inotify_rm_watch(notify_.get(), place);
  }
  added_ = std::move(needed);
}

}  // namespace toolpost::uv_package
