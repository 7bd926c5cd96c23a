// SPDX-License-Identifier: Apache-2.0
// Tells when what is behind a URI has changed on disk. A thread of its own waits for the kernel's
// word (inotify) while at least one URI is watched, and only then; it looks at the files again and
// tells of those that look different. Owned by the plugin. Every function: any thread, at once with
// others; none may be called from inside the functions that it was given.
#pragma once

#include "resources/sight.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

class ChangeWatch {
 public:
  struct Functions {
    std::function<Sight(const std::string& uri)> look;         // any thread
    std::function<void(const std::string& uri)> tell;          // the watch's thread
    std::function<void(const std::string& problem)> complain;  // the watch's thread
  };

  static constexpr std::size_t kMaxWatched = 256;

  explicit ChangeWatch(Functions functions);
  ChangeWatch(const ChangeWatch&) = delete;
  ChangeWatch& operator=(const ChangeWatch&) = delete;
  ~ChangeWatch();

  // Whoever subscribes reads as well. A change that comes between that and watch() must not be
  // lost: it is told when the URI no longer looks as it did when it was read last.
  void about_to_read(std::string_view uri);

  // Throws sdk::Error: kLimit when kMaxWatched are watched, kUnavailable when the system has no
  // more of what this needs. Does nothing after stop().
  void watch(std::string_view uri);
  void forget(std::string_view uri);

  // Ends the thread; nothing is watched or told after it returns.
  void stop();

  bool is_running() const;

 private:
  class Run;

  using Hash = std::size_t;  // of how something looks

  struct Watched {
    Hash look = 0;
    bool is_new = true;  // not looked at yet
  };

  // What the thread asks for; each locks. A thread that is to end gets nothing more.
  std::vector<std::string> watched(const Run& asking) const;
  std::vector<std::string> new_ones(const Run& asking) const;
  // Whether it looks different from before, which is to be told.
  bool keep_look(const Run& asking, const std::string& uri, Hash look);

  const Functions functions_;
  mutable std::mutex
      mutex_;  // guards what follows; no function is called and no thread joined in it
  std::map<std::string, Watched> watched_;
  std::map<std::string, Hash> read_;  // how each URI looked when it was read last
  std::unique_ptr<Run> run_;          // while something is watched
  bool is_stopped_ = false;
};

}  // namespace toolpost::uv_package
