// SPDX-License-Identifier: Apache-2.0
// What a Call and the host's on_cancel share, and the table in which on_cancel finds it.
#pragma once

#include "host_link.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace toolpost::sdk::detail {

class CallState;

// The live calls of one item, and what they have in common. Any thread.
class CallTable {
 public:
  explicit CallTable(std::string mime_type) noexcept : mime_type_(std::move(mime_type)) {}

  // Of a resource or a template, as it was declared.
  const std::string& mime_type() const noexcept { return mime_type_; }

  void insert(toolpost_call_id id, std::shared_ptr<CallState> state);
  void erase(toolpost_call_id id) noexcept;
  std::shared_ptr<CallState> find(toolpost_call_id id) noexcept;

 private:
  const std::string mime_type_;
  std::mutex mutex_;
  std::unordered_map<toolpost_call_id, std::shared_ptr<CallState>> live_;
};

class CallState {
 public:
  CallState(std::shared_ptr<HostLink> link, std::shared_ptr<CallTable> table, toolpost_call_id id,
            const toolpost_request* request) noexcept
      : link_(std::move(link)), table_(std::move(table)), id_(id), request_(request) {}

  toolpost_call_id id() const noexcept { return id_; }

  const std::string& mime_type() const noexcept { return table_->mime_type(); }

  const HostLink& link() const noexcept { return *link_; }

  bool is_finished() const noexcept { return is_finished_.load(std::memory_order_acquire); }

  // nullptr once the call is finished: the host has taken the request back.
  const toolpost_request* request() const noexcept { return is_finished() ? nullptr : request_; }

  // True for the one caller who may complete. Drops the callbacks.
  bool begin_finish() noexcept;
  void on_cancel(std::function<void()> callback);
  // Runs the callbacks, each once, outside the lock.
  void cancel() noexcept;

  // A handler that throws unwinds its Call before anyone can see the exception. So a Call that dies
  // by unwinding on the handler's thread is left to the barrier, which knows status and message.
  void enter_handler() noexcept { handler_thread_ = std::this_thread::get_id(); }

  void leave_handler() noexcept { handler_thread_ = std::thread::id(); }

  // True when the barrier is going to complete the call.
  bool leave_to_barrier() noexcept;

  bool is_left_to_barrier() const noexcept { return is_left_to_barrier_; }

 private:
  const std::shared_ptr<HostLink> link_;
  const std::shared_ptr<CallTable> table_;
  const toolpost_call_id id_;
  const toolpost_request* const request_;
  std::atomic<bool> is_finished_{false};
  std::atomic<std::thread::id> handler_thread_{std::thread::id()};
  std::atomic<bool> is_left_to_barrier_{false};
  std::mutex mutex_;
  bool is_cancelled_ = false;
  std::vector<std::function<void()>> callbacks_;
};

}  // namespace toolpost::sdk::detail
