// SPDX-License-Identifier: Apache-2.0
// The thread of a ChangeWatch, from the first URI that is watched to the last.
#pragma once

#include "file_descriptor.hpp"
#include "resources/change_watch.hpp"

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>

namespace toolpost::uv_package {

class ChangeWatch::Run {
 public:
  // Starts the thread. Throws sdk::Error(kUnavailable).
  explicit Run(ChangeWatch& watch);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  // Ends the thread and waits for it.
  ~Run();

  // Something is watched that was not, or no longer.
  void wake() const noexcept;

 private:
  using Places = std::set<int>;  // inotify's numbers of directories

  void run();
  // Waits for a change and until a short time has passed without another one. The places where
  // something has changed.
  Places changed_places();
  bool wait(int timeout_ms) const;
  Places read_events() const;
  void look_at(const std::string& uri);
  Places add(const std::vector<std::string>& directories);
  void let_go(const std::vector<std::string>& watched);

  ChangeWatch& watch_;
  FileDescriptor notify_;
  FileDescriptor wake_;
  std::atomic<bool> is_ending_{false};
  std::map<std::string, Places> places_;  // of each URI; the thread's own
  Places added_;                          // all that were; the thread's own
  bool has_complained_ = false;           // the thread's own
  std::thread thread_;                    // last: it uses the others
};

}  // namespace toolpost::uv_package
