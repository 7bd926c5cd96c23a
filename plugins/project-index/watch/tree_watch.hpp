// SPDX-License-Identifier: Apache-2.0
// Tells what changes below a root, by inotify.
#pragma once

#include "checked.hpp"
#include "files/root_directory.hpp"
#include "files/stop_token.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace toolpost::project_index {

// Watches the directories it was given and those that appear in them. A burst of changes becomes
// one call: after 50 ms without another, or 250 ms after the first. Owns one thread, which makes
// all calls. A hint and no more: what matters is what is found when one looks.
class TreeWatch {
 public:
  // An exception that one of them throws is complained about, and answered with a sweep.
  struct Functions {
    // Paths below the root that have changed, come or gone, sorted, each once; also directories.
    // Those that list_files() would leave out are among them.
    std::function<void(std::vector<std::string> changed_paths)> on_change;
    // Changes were lost, came too many to name, or are of rules (.gitignore, .toolpostignore):
    // everything has to be looked at again, and update() told what was found.
    std::function<void()> on_sweep;
    // Why less is watched than was asked for; once for each cause.
    std::function<void(const std::string&)> complain;
    // Whether a directory that has appeared is worth watching; all are when there is none.
    std::function<bool(const std::string& directory)> is_wanted;
  };

  struct Limits {
    std::chrono::milliseconds quiet{50};
    std::chrono::milliseconds longest{250};
    std::size_t max_directories = 100'000;
    std::size_t max_changes = 10'000;  // more in one burst are a sweep
    // How often everything has to be looked at when not all directories could be watched.
    std::chrono::milliseconds sweep_every{5000};
  };

  explicit TreeWatch(Functions functions);  // with the limits above
  TreeWatch(Functions functions, Limits limits);
  TreeWatch(const TreeWatch&) = delete;
  TreeWatch& operator=(const TreeWatch&) = delete;
  ~TreeWatch();  // stops

  // `directories` are those of a FileList; `root` must outlive the watch. Refused when the kernel
  // gives no inotify at all; when there are too few watches that is complained about, and on_sweep
  // comes every few seconds. What changed between the walk and this is not told: look again.
  Checked<Passed> start(const RootDirectory& root, const std::vector<std::string>& directories);

  // Watches what is new in a later FileList and forgets what is no longer there. Any thread, also
  // from inside a call. True when directories came to it or went: what changes in them is not told
  // from the walk until now, or from now on although the walk may have missed them. So look again.
  bool update(const std::vector<std::string>& directories);

  // What has changed until now is told before this returns true, without waiting for more to come.
  // False: not within `longest`, not before `stop`, or not everything is watched. Costs a system
  // call when there is nothing to tell. Any thread, but not from inside a call.
  bool catch_up(const StopToken& stop, std::chrono::milliseconds longest);

  // No call is made any more once this returns. Not from inside a call. May be started again.
  void stop();

  std::size_t directories() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace toolpost::project_index
