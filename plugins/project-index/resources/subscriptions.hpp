// SPDX-License-Identifier: Apache-2.0
// Tells when what a URI reads as has changed. The indexes say which paths changed; a thread of its
// own, from the first watch() to stop(), reads the watched URIs again and tells of those that read
// differently. Every function: any thread; none from inside the functions it was given.
#pragma once

#include "services.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace toolpost::project_index {

class Subscriptions {
 public:
  struct Functions {
    std::function<void(const std::string& uri)> tell;          // the thread of this
    std::function<void(const std::string& problem)> complain;  // the thread of this
  };

  static constexpr std::size_t kMaxWatched = 256;

  Subscriptions(Services& services, Functions functions);
  Subscriptions(const Subscriptions&) = delete;
  Subscriptions& operator=(const Subscriptions&) = delete;
  ~Subscriptions();

  // What somebody read just now. A change between that and watch() is told as well.
  void was_read(std::string_view uri, std::string_view text);

  // Throws sdk::Error: kLimit when kMaxWatched are watched.
  void watch(std::string_view uri);
  void forget(std::string_view uri);

  // Nothing is told after it returns.
  void stop();

 private:
  using Hash = std::size_t;

  struct Watched {
    std::shared_ptr<OpenProject> project;  // kept open while it is watched; null: not yet opened
    std::optional<Hash> look;
  };

  void run();
  // Where changes come without an event, asking finds them, and on_update tells.
  void look_for_untold();
  // A directory that was replaced is another project at the same path.
  void follow_replaced();
  void open(const std::string& uri);
  void look(const std::string& uri);
  std::optional<Hash> hash_of(const std::string& uri, const std::shared_ptr<OpenProject>& project);
  std::vector<std::string> watched_in(const std::string& project);
  // Each with one of the URIs for which it is open. Not to be used but for telling them apart.
  std::map<const OpenProject*, std::string> open_projects();
  void exchange(const OpenProject* replaced, const std::shared_ptr<OpenProject>& project);
  void listen_to(OpenProject& project);

  Services& services_;
  const Functions functions_;
  StopToken stop_;
  std::mutex mutex_;  // guards what follows; nothing slow is done in it
  std::condition_variable wake_;
  std::map<std::string, Watched> watched_;
  std::map<std::string, Hash> read_;
  std::set<std::string> new_;      // URIs to open
  std::set<std::string> changed_;  // paths of projects that have changed
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace toolpost::project_index
