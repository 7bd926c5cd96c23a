// SPDX-License-Identifier: Apache-2.0
// A value that never changes but may be replaced: one thread does, every thread may read. Who has
// read it keeps what was read, so that one piece of work sees one value.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace toolpost {

template <class T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> value) : value_(std::move(value)) {}

  // Any thread.
  std::shared_ptr<const T> get() const {
    const std::lock_guard lock{mutex_};
    return value_;
  }

  // The thread that replaces it, which needs no lock to read what only it writes.
  const T& own() const noexcept { return *value_; }

  void set(std::shared_ptr<const T> value) {
    {
      const std::lock_guard lock{mutex_};
      value_.swap(value);
    }
    // The old one may go here, outside of the lock.
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace toolpost
