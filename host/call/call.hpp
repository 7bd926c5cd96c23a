// SPDX-License-Identifier: Apache-2.0
// One call of a plugin's item: a tool that is called, a resource that is read, a prompt that is
// fetched, an argument that is completed; from the moment it may run until the plugin has completed
// it. A request that asks its client for input is several of them, one each round.
#pragma once

#include "identity/principal.hpp"
#include "mcp/answer.hpp"
#include "mcp/input_requests.hpp"
#include "mcp/log_level.hpp"
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
#include <vector>

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
  // A notification of a subscription; it is not lost. False when the client does not keep up.
  virtual bool deliver(std::string message) = 0;
  // Whether there can be anything before the answer.
  virtual bool can_stream() const = 0;
  // A request of the server's own to the client, before the answer; legacy era only. False when
  // there is no way to it.
  virtual bool ask(std::string request) = 0;
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
  // Only what is beyond the other's progress counts as an advance.
  void go_on_from(ProgressSlot& other);

 private:
  std::mutex mutex_;
  std::optional<Progress> waiting_;
  double last_done_ = 0;
  bool any_ = false;
};

// How often a client is told of something: a burst, then at a steady rate.
class MessageBudget {
 public:
  constexpr MessageBudget(double burst, double per_second)
      : burst_(burst), per_second_(per_second), tokens_(burst) {}

  bool take(Clock::time_point now) noexcept;

 private:
  double burst_;
  double per_second_;
  double tokens_;
  Clock::time_point refilled_{};
};

// Of one call's progress; what comes faster is coalesced into the latest.
inline constexpr MessageBudget kProgressBudget{20, 10};

// A log message of a plugin that belongs to a call.
struct Note {
  mcp::LogLevel level = mcp::LogLevel::kInfo;
  std::string text;
};

// Keeps the log messages of a call until the I/O thread fetches them. What comes faster than a
// client can be told is left out.
class NoteQueue {
 public:
  static constexpr std::size_t kMaxWaiting = 256;
  static constexpr MessageBudget kBudget{200, 50};

  // True when nobody has been told yet that something waits.
  bool put(Note note, Clock::time_point now);
  std::vector<Note> take();

 private:
  std::mutex mutex_;
  std::vector<Note> waiting_;
  MessageBudget budget_ = kBudget;
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
  bool takes_tasks = false;
};

// What a legacy client is asked, and what it has answered so far.
struct Questions {
  std::vector<mcp::InputRequest> requests;
  std::vector<std::string> answers;  // JSON of each; empty: not yet
  std::string resume_state;          // the plugin's, for the next round
};

struct ItemCounts;
class LegacySession;
struct Task;

// How a request came in; for the audit.
enum class Transport : std::uint8_t { kHttp, kStdio, kCommandLine };

// Made by the dispatcher for every request that is audited, also for one that is refused. The
// members before `cancelled` do not change once that is decided, and any thread may read them;
// those below `state` belong to the I/O thread.
class Call {
 public:
  Call(CallId number, std::shared_ptr<const registry::Item> what,
       std::unique_ptr<mcp::Message> request)
      : id(number), item(std::move(what)), message(request.get()), owned_(std::move(request)) {}

  // The next round of the same request, whose message stays where it is.
  Call(CallId number, std::shared_ptr<const Call> before)
      : id(number), item(before->item), message(before->message), previous_(std::move(before)) {}

  // Whoever is first decides how the call ends: the plugin, its client, its deadline or the host's
  // stop. True for that one, on whichever thread.
  bool end() noexcept { return !ended_.exchange(true); }

  bool has_ended() const noexcept { return ended_; }

  bool is_tool() const noexcept { return item && item->kind == mcp::ItemKind::kTool; }

  const CallId id;
  const std::shared_ptr<const registry::Item> item;  // null when there is none of that name
  const mcp::Message* const message;
  mcp::Version version = mcp::kLatestLegacy;
  identity::Principal principal;
  ClientFacts client;
  std::string_view subject;      // what was named: tool, prompt, URI; slice of message or item
  std::string request_id;        // as JSON; for logs
  std::string_view arguments;    // JSON object; slice of the message or of made_arguments
  std::string made_arguments;    // those that stand nowhere in the message
  std::string_view meta;         // JSON object; slice of the message
  std::string_view traceparent;  // slice of the message; may be empty
  std::string_view tracestate;   // as the client wrote it; likewise
  std::string_view baggage;      // likewise
  std::string progress_token;    // JSON; empty when the client wants no progress
  std::optional<mcp::LogLevel> log_level;  // from which on it wants log messages; null: none
  std::uint32_t round = 0;
  std::string input_responses;             // JSON object; empty in round 0
  std::string resume_state;                // what the plugin gave in the round before
  std::shared_ptr<LegacySession> session;  // null in the modern era
  Clock::time_point arrived{};
  Clock::time_point begun{};  // when its plugin got it; zero: it has not
  Clock::time_point deadline = Clock::time_point::max();
  Transport transport = Transport::kHttp;
  std::string address;           // the client's, without a port; may be empty
  bool may_be_task = false;      // the tool allows it, and the client takes it
  bool has_effects = true;       // its intent goes on the disk before the plugin hears of it
  std::uint64_t intent_seq = 0;  // of that record; 0: there is none
  ItemCounts* counts = nullptr;  // where it is counted; null: nowhere

  std::atomic<bool> cancelled = false;
  SlotGate slot;
  ProgressSlot progress;
  NoteQueue notes;

  enum class State {
    kWaiting,    // for a free slot of the plugin, or for its intent to be on the disk
    kRunning,    //
    kEnding,     // how it ended is being recorded; then the client gets `answer`, or is asked
    kAsking,     // the client is to answer `questions`
    kListening,  // it is a subscription, and goes on until either side ends it
    kAnswered,  // the client has its answer, or wants none; the plugin may still owe its completion
  };
  State state = State::kWaiting;
  bool intent_pending = false;
  bool has_slot = false;    // given while the intent was pending
  bool slot_free = false;   // given back, or never given
  bool is_counted = false;  // among the calls of its principal
  bool is_begun = false;    // its plugin has it, or will
  MessageBudget progress_budget = kProgressBudget;
  std::shared_ptr<Responder> responder;
  mcp::Answer answer;
  std::optional<Questions> questions;  // instead of an answer; set before the end is recorded
  std::weak_ptr<Call> next_round;      // of the same request
  std::shared_ptr<Task> task;          // that it has become, and whose handle the client has
  bool task_refused = false;           // it goes on as it is
  bool task_pending = false;           // it is about to become one
  std::optional<bool> held_outcome;    // that waits for that: whether its record was kept
  std::uint64_t subscription = 0;      // of one that listens

 private:
  std::atomic<bool> ended_ = false;
  std::unique_ptr<mcp::Message> owned_;
  std::shared_ptr<const Call> previous_;
};

}  // namespace toolpost::call
