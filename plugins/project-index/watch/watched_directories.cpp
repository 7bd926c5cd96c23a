// SPDX-License-Identifier: Apache-2.0
#include "watch/watched_directories.hpp"

#include "files/open_confined.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>

namespace toolpost::project_index {

namespace {

constexpr std::uint32_t kEvents = IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB |
                                  IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_ONLYDIR |
                                  IN_EXCL_UNLINK;

bool is_short_of_something(int reason) {
  return reason == ENOSPC || reason == ENOMEM || reason == EMFILE || reason == ENFILE;
}

bool is_below(const std::string& path, const std::string& directory) {
  return directory.empty() || (path.size() > directory.size() && path[directory.size()] == '/' &&
                               path.compare(0, directory.size(), directory) == 0);
}

}  // namespace

bool WatchedDirectories::open() {
  inotify_ = FileDescriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  return inotify_.valid();
}

std::size_t WatchedDirectories::waiting_bytes() const noexcept {
  int bytes = 0;
  return ::ioctl(inotify_.get(), FIONREAD, &bytes) == 0 && bytes > 0
             ? static_cast<std::size_t>(bytes)
             : 0;
}

WatchedDirectories::Added WatchedDirectories::add(const std::string& path) {
  if (numbers_.size() >= max_directories_ && numbers_.count(path) == 0) return Added::kNoMore;
  // By its descriptor: a name could lead somewhere else by now.
  const auto directory =
      open_confined(root_.get(), path.empty() ? "." : path.c_str(), O_PATH | O_DIRECTORY);
  if (!directory.valid()) return is_short_of_something(errno) ? Added::kNoMore : Added::kGone;
  const std::string name = "/proc/self/fd/" + std::to_string(directory.get());
  const int number = ::inotify_add_watch(inotify_.get(), name.c_str(), kEvents);
  if (number < 0) return is_short_of_something(errno) ? Added::kNoMore : Added::kGone;
  const auto known = numbers_.find(path);
  if (known != numbers_.end() && known->second == number) return Added::kKnown;
  if (known != numbers_.end()) drop(known);  // another directory has taken its place
  // The same directory under an earlier name: it was moved, and the event is still to come.
  if (const auto old = paths_.find(number); old != paths_.end()) numbers_.erase(old->second);
  numbers_[path] = number;
  paths_[number] = path;
  return Added::kNew;
}

WatchedDirectories::Numbers::iterator WatchedDirectories::drop(Numbers::iterator at) {
  ::inotify_rm_watch(inotify_.get(), at->second);
  paths_.erase(at->second);
  return numbers_.erase(at);
}

void WatchedDirectories::remove(const std::string& path) {
  if (const auto at = numbers_.find(path); at != numbers_.end()) drop(at);
  const std::string below = path + "/";
  for (auto at = numbers_.lower_bound(below); at != numbers_.end() && is_below(at->first, path);) {
    at = drop(at);
  }
}

void WatchedDirectories::forget(int number) {
  const auto at = paths_.find(number);
  if (at == paths_.end()) return;
  numbers_.erase(at->second);
  paths_.erase(at);
}

const std::string* WatchedDirectories::path_of(int number) const {
  const auto at = paths_.find(number);
  return at == paths_.end() ? nullptr : &at->second;
}

}  // namespace toolpost::project_index
