// SPDX-License-Identifier: Apache-2.0
// Resources that plugins say have changed, until the I/O thread fetches them. A plugin that says so
// faster than anybody listens costs one entry a URI, and not a queue.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace toolpost::call {

// Any thread.
class ChangedUris {
 public:
  static constexpr std::size_t kMaxWaiting = 10'000;

  using ByUri = std::map<std::string, std::string>;  // the id of the plugin that said so

  // True when nobody has been told yet that something waits.
  bool put(std::string_view uri, std::string_view plugin_id) {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() >= kMaxWaiting) return false;
    waiting_.emplace(uri, plugin_id);
    return waiting_.size() == 1;
  }

  ByUri take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(waiting_, {});
  }

 private:
  std::mutex mutex_;
  ByUri waiting_;
};

}  // namespace toolpost::call
