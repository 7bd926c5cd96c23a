// SPDX-License-Identifier: Apache-2.0
// One running plugin in this process: what stands behind its toolpost_ctx. Answers the host table
// from any thread, keeps the calls it owes, and remembers what it did wrong.
#pragma once

#include "async/batch.hpp"
#include "async/worker_pool.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "call/backend.hpp"
#include "call/services.hpp"
#include "plugin/call_gate.hpp"
#include "plugin/item.hpp"
#include "plugin/log_budget.hpp"

#include <toolpost/plugin.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace toolpost::plugin {

struct InstanceLimits {
  std::size_t result_bytes = std::size_t{4} * 1024 * 1024;
  // How long stop() waits for the on_calls that have begun, before it tells the plugin.
  std::chrono::milliseconds entry_time{100};
};

// What one plugin may ask of the host beside the host table.
struct Grants {
  std::vector<std::string> extensions;  // ids, see plugin/extensions.hpp
  call::Services services;
};

// What a plugin says of itself; see toolpost/ext/health.h.
struct HealthReport {
  bool is_well = true;
  std::string facts{};  // JSON as the plugin wrote it, unchecked; empty: none
};

// Never destroyed while the process lives: a plugin may call the host late, and then finds a
// context that says no instead of freed memory.
class Instance final : public call::Backend {
 public:
  // Runs on the thread of a plugin that changed its items after start.
  struct Changes {
    std::function<void(Instance&, std::shared_ptr<Item>)> added;
    std::function<void(Instance&, mcp::ItemKind kind, std::string key)> removed;
  };

  Instance(std::string id, InstanceLimits limits, Log& log, async::WorkerPool& pool,
           async::Batch& batch, call::HostServices& services, Changes changes, Grants grants = {});

  const std::string& id() const noexcept { return id_; }

  // [control] create() and start() of the plugin. On success the items that it added are taken.
  Result<std::vector<std::shared_ptr<Item>>> start(const toolpost_entry& entry,
                                                   const std::string& config,
                                                   const std::string& data_dir);
  // [control] stop() of the plugin, after which no on_call begins; it may complete calls meanwhile.
  void stop();

  // From here on no on_cancel begins either, so that has_frames() stays false once it is.
  void close() noexcept { closed_ = true; }

  // [control] on_release of what is left, then destroy(). After close(), and not while
  // has_frames().
  void destroy();

  // Ends the calls that the plugin owes and, since it is destroyed, can never end itself.
  void write_off();

  bool is_destroyed() const noexcept { return state_ == State::kDestroyed; }

  // The plugin did not come back in time: from now on it is told E_STATE, whatever it asks.
  void abandon();

  // A function of the plugin is on some stack.
  bool has_frames() const noexcept { return frames_ != 0; }

  std::uint64_t misbehaviours() const noexcept { return misbehaviours_; }

  // [worker] Blocks as long as the plugin wants. Well where the plugin offers no word about it.
  HealthReport ask_health();

  void invoke(const std::shared_ptr<call::Call>& call) override;
  void cancel(const std::shared_ptr<call::Call>& call) override;
  void interest(const std::string& uri, bool on) override;

  // The host table; see toolpost/plugin.h for each.
  void write_log(toolpost_call_id id, toolpost_severity severity, const char* text,
                 std::size_t size);
  void set_error(const char* text, std::size_t size);
  toolpost_status add(const toolpost_item* item);
  toolpost_status remove(toolpost_kind kind, const char* key, std::size_t size);
  toolpost_status complete(toolpost_call_id id, const toolpost_outcome* outcome);
  toolpost_status progress(toolpost_call_id id, double done, double total, const char* text,
                           std::size_t size);
  bool is_cancelled(toolpost_call_id id);
  std::int64_t remaining_ms(toolpost_call_id id);

  // toolpost.subscribe/1
  void resource_updated(std::string_view uri);

  // The table of an extension that this plugin was granted, or null.
  const void* extension(std::string_view id) const noexcept;
  // Who made the live call; nothing when there is no such call.
  std::optional<identity::Principal> caller_of(toolpost_call_id id);

  // Not once it is destroyed or given up.
  bool is_alive() const noexcept { return !dead_; }

  const call::Services& host_services() const noexcept { return grants_.services; }

 private:
  enum class State { kNew, kCreating, kStarting, kRunning, kStopping, kDestroying, kDestroyed };
  class Invocation;
  class Cancellation;
  class Retirement;
  class Interests;

  struct Interest {
    std::string uri;
    bool on;
  };

  // Counts a function of the plugin that is on a stack; destroy() is never called beside one.
  class Frame {
   public:
    explicit Frame(Instance& instance) : frames_(instance.frames_) { ++frames_; }

    ~Frame() { --frames_; }

    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

   private:
    std::atomic<int>& frames_;
  };

  void note(const std::shared_ptr<call::Call>& call, mcp::LogLevel level, std::string_view text,
            call::Clock::time_point now);
  std::shared_ptr<Invocation> find(toolpost_call_id id);
  std::shared_ptr<Invocation> take(toolpost_call_id id);
  void misbehave(std::string_view what);
  void tell_dropped(std::uint64_t lines);
  Error plugin_error(std::string_view step, toolpost_status status);
  std::shared_ptr<Item> own(std::unique_ptr<Item> item);
  void retire(std::unique_ptr<Item> item) noexcept;
  std::vector<std::unique_ptr<Item>> take_retired();
  std::vector<Interest> take_interests();

  const std::string id_;
  const InstanceLimits limits_;
  Log& log_;
  async::WorkerPool& pool_;
  async::Batch& batch_;  // I/O thread only
  call::HostServices& services_;
  const Changes changes_;
  const Grants grants_;

  std::atomic<State> state_ = State::kNew;
  std::atomic<bool> dead_ = false;
  std::atomic<bool> closed_ = false;
  CallGate gate_;
  std::atomic<int> frames_ = 0;
  std::atomic<std::uint64_t> misbehaviours_ = 0;
  LogBudget log_budget_;
  toolpost_plugin table_{};  // what both sides know of the plugin's table
  std::string config_;
  std::string data_dir_;

  std::mutex control_;  // held while a [control] function of the plugin runs
  std::mutex mutex_;    // never held while one of its functions runs
  std::unordered_map<toolpost_call_id, std::shared_ptr<Invocation>> calls_;
  std::vector<std::shared_ptr<Item>> transaction_;  // added before start() returned
  std::vector<std::weak_ptr<Item>> items_;          // what may still be owed an on_release
  std::vector<std::unique_ptr<Item>> retired_;
  bool retiring_ = false;  // a job is on its way to them
  std::vector<Interest> interests_;
  bool telling_interests_ = false;  // a job is on its way to them
  std::string last_error_;
};

// A negative one that the header does not have yet is E_INTERNAL.
toolpost_status known_status(toolpost_status status) noexcept;

std::string_view status_name(toolpost_status status) noexcept;

}  // namespace toolpost::plugin
