// SPDX-License-Identifier: Apache-2.0
// Values from any thread for the I/O thread, delivered in order and in batches: only the first
// value after a delivery wakes the event loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace toolpost::async {

// Outlives the threads that send; what is sent after close() is dropped.
template <class T>
class Mailbox {
 public:
  // `deliver` runs on the I/O thread with one value at a time.
  Mailbox(boost::asio::io_context& io, std::function<void(T)> deliver)
      : state_(std::make_shared<State>(io, std::move(deliver))) {}

  ~Mailbox() { close(); }

  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void send(T value) {
    {
      const std::lock_guard lock{state_->mutex};
      if (state_->closed) return;
      state_->waiting.push_back(std::move(value));
      if (state_->waiting.size() > 1) return;
    }
    boost::asio::post(state_->io, [state = state_] { state->drain(); });
  }

  void close() {
    const std::lock_guard lock{state_->mutex};
    state_->closed = true;
    state_->waiting.clear();
  }

 private:
  struct State {
    State(boost::asio::io_context& context, std::function<void(T)> function)
        : io(context), deliver(std::move(function)) {}

    void drain() {
      {
        const std::lock_guard lock{mutex};
        // The buffers change places, so that a steady state allocates nothing.
        batch.swap(waiting);
      }
      for (T& value : batch) deliver(std::move(value));
      batch.clear();
    }

    boost::asio::io_context& io;
    std::function<void(T)> deliver;
    std::mutex mutex;
    std::vector<T> waiting;
    std::vector<T> batch;
    bool closed = false;
  };

  std::shared_ptr<State> state_;
};

}  // namespace toolpost::async
