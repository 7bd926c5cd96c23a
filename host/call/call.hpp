// SPDX-License-Identifier: Apache-2.0
// One call of a tool, from the moment it may run until the plugin has completed it.
#pragma once

#include "identity/principal.hpp"
#include "mcp/answer.hpp"
#include "mcp/message.hpp"
#include "mcp/version.hpp"
#include "registry/registry.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace toolpost::call {

// Never reused while the process lives; 0 is never valid.
using CallId = std::uint64_t;
using Clock = std::chrono::steady_clock;

// Where the answer to one request goes. Used on the I/O thread only.
class Responder {
 public:
  virtual ~Responder() = default;
  // A notification that belongs to the request, before its answer.
  virtual void notify(std::string message) = 0;
  // The answer; nothing comes after it.
  virtual void answer(mcp::Answer answer) = 0;
};

struct Progress {
  double done = 0;
  double total = 0;  // <= 0: unknown
  std::string text;
};

// Keeps the latest progress until the I/O thread fetches it, so that a plugin that reports
// faster than anybody reads costs one slot and not a queue.
class ProgressSlot {
 public:
  // False when it is not an advance. `*first` tells that nobody has been told of waiting progress.
  bool put(Progress progress, bool* first);
  std::optional<Progress> take();
  bool is_waiting();

 private:
  std::mutex mutex_;
  std::optional<Progress> waiting_;
  double last_done_ = 0;
  bool any_ = false;
};

// How often a client is told of one call's progress: a burst, then at a steady rate. What comes
// faster is coalesced into the latest.
class ProgressBudget {
 public:
  static constexpr double kBurst = 20;
  static constexpr double kPerSecond = 10;

  bool take(Clock::time_point now) noexcept;

 private:
  double tokens_ = kBurst;
  Clock::time_point refilled_{};
};

// The plugin's slot is free when the call is completed and on_call has returned, in either order
// and on different threads.
class SlotGate {
 public:
  // on_call has returned. True: the completion came first, so this side reports that the slot is
  // free.
  bool leave_frame() noexcept { return (bits_.fetch_and(~kInFrame) & kCompleted) != 0; }

  // The completion is dealt with. True: nothing is left on a stack, the slot is free.
  bool complete() noexcept { return (bits_.fetch_or(kCompleted) & kInFrame) == 0; }

 private:
  static constexpr unsigned kInFrame = 1;
  static constexpr unsigned kCompleted = 2;
  std::atomic<unsigned> bits_ = kInFrame;
};

// What the client is, as far as it matters for a call.
struct ClientFacts {
  std::string json;            // protocolVersion, clientInfo, capabilities; untrusted
  std::uint32_t features = 0;  // TOOLPOST_CLIENT_*
};

// How a request came in; for the audit.
enum class Transport : std::uint8_t { kHttp, kStdio, kCommandLine };

// Made by the dispatcher for every request that is audited, also for one that is refused. The
// members before `cancelled` do not change once that is decided, and any thread may read them;
// those below `state` belong to the I/O thread.
class Call {
 public:
  Call(CallId number, std::shared_ptr<const registry::Tool> what,
       std::unique_ptr<mcp::Message> request)
      : id(number), tool(std::move(what)), message(std::move(request)) {}

  // Whoever is first decides how the call ends: the plugin, its client, its deadline or the host's
  // stop. True for that one, on whichever thread.
  bool end() noexcept { return !ended_.exchange(true); }

  bool has_ended() const noexcept { return ended_; }

  const CallId id;
  const std::shared_ptr<const registry::Tool> tool;  // null when there is none of that name
  const std::unique_ptr<mcp::Message> message;
  mcp::Version version = mcp::kLatestLegacy;
  identity::Principal principal;
  ClientFacts client;
  std::string request_id;        // as JSON; for logs
  std::string_view arguments;    // JSON object; slice of the message
  std::string_view meta;         // JSON object; slice of the message
  std::string_view traceparent;  // slice of the message; may be empty
  std::string progress_token;    // JSON; empty when the client wants no progress
  Clock::time_point arrived{};
  Clock::time_point deadline = Clock::time_point::max();
  Transport transport = Transport::kHttp;
  std::string address;           // the client's, without a port; may be empty
  bool has_effects = true;       // its intent goes on the disk before the plugin hears of it
  std::uint64_t intent_seq = 0;  // of that record; 0: there is none

  std::atomic<bool> cancelled = false;
  SlotGate slot;
  ProgressSlot progress;

  enum class State {
    kWaiting,   // for a free slot of the plugin, or for its intent to be on the disk
    kRunning,   //
    kEnding,    // how it ended is being recorded; then the client gets `answer`
    kAnswered,  // the client has its answer, or wants none; the plugin may still owe its completion
  };
  State state = State::kWaiting;
  bool intent_pending = false;
  bool has_slot = false;    // given while the intent was pending
  bool slot_free = false;   // given back, or never given
  bool is_counted = false;  // among the calls of its principal
  ProgressBudget progress_budget;
  std::shared_ptr<Responder> responder;
  mcp::Answer answer;

 private:
  std::atomic<bool> ended_ = false;
};

}  // namespace toolpost::call
