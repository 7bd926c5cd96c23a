// SPDX-License-Identifier: Apache-2.0
// The directories that inotify watches, by number and by path.
#pragma once

#include "files/root_directory.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace toolpost::project_index {

// Not for several threads at once.
class WatchedDirectories {
 public:
  enum class Added : std::uint8_t {
    kNew,
    kKnown,
    kGone,    // there is no such directory (any more), or it may not be read
    kNoMore,  // the limit here, or one of the kernel's
  };

  WatchedDirectories(const RootDirectory& root, std::size_t max_directories)
      : root_(root), max_directories_(max_directories) {}

  // False when the kernel gives no inotify.
  bool open();

  // The inotify descriptor.
  int get() const noexcept { return inotify_.get(); }

  // The size of the events that wait to be read.
  std::size_t waiting_bytes() const noexcept;

  Added add(const std::string& path);

  // Also those below it.
  void remove(const std::string& path);

  // The kernel has ended a watch.
  void forget(int number);

  // Keeps the directories for which `keeps` says true. Whether there were others.
  template <class Keeps>
  bool keep_only(Keeps&& keeps) {
    const auto before = numbers_.size();
    for (auto at = numbers_.begin(); at != numbers_.end();) {
      at = keeps(at->first) ? std::next(at) : drop(at);
    }
    return numbers_.size() != before;
  }

  const std::string* path_of(int number) const;

  std::size_t size() const noexcept { return numbers_.size(); }

 private:
  using Numbers = std::map<std::string, int>;

  Numbers::iterator drop(Numbers::iterator at);

  const RootDirectory& root_;
  std::size_t max_directories_;
  FileDescriptor inotify_;
  Numbers numbers_;
  std::unordered_map<int, std::string> paths_;
};

}  // namespace toolpost::project_index
