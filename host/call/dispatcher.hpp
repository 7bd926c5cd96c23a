// SPDX-License-Identifier: Apache-2.0
// The one road to a plugin: every request of every transport passes through dispatch(), and every
// answer of a plugin comes back through here.
#pragma once

#include "async/mailbox.hpp"
#include "base/log.hpp"
#include "base/published.hpp"
#include "call/access.hpp"
#include "call/backend.hpp"
#include "call/call_audit.hpp"
#include "call/call_counts.hpp"
#include "call/capacity.hpp"
#include "call/changed_uris.hpp"
#include "call/lane.hpp"
#include "call/outcome_renderer.hpp"
#include "call/slow_calls.hpp"
#include "call/subscriptions.hpp"
#include "call/target.hpp"
#include "call/task_store.hpp"
#include "mcp/listen.hpp"
#include "mcp/server_info.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace toolpost::call {

// A request whose era is settled and whose headers are checked.
struct Incoming {
  std::unique_ptr<mcp::Message> message;
  mcp::Version version = mcp::kLatestLegacy;
  identity::Principal principal;
  ClientFacts client;
  std::shared_ptr<Responder> responder;
  // The client's, as far as it counts for limits; empty where there is none.
  std::string_view site{};
  // The Mcp-Param-* headers of a modern request over HTTP; null where there are none to check.
  const mcp::ParamHeaders* param_headers = nullptr;
  Transport transport = Transport::kHttp;
  std::string_view address{};                // the client's; empty where there is none
  std::shared_ptr<LegacySession> session{};  // null in the modern era
};

// Lives on the I/O thread; only the HostServices functions may be called from others.
class Dispatcher final : public HostServices, private RecordListener {
 public:
  Dispatcher(boost::asio::io_context& io, registry::Registry& registry, Access& access, Log& log);

  // The number of a lane to be, registry::Item::lane of what its plugin offers. Each instance of a
  // plugin has one of its own, and no number comes back. Any thread.
  std::size_t new_lane() noexcept { return next_lane_++; }

  // Before an item of that lane is in the registry.
  void add_lane(std::size_t lane, std::string plugin_id, Backend& backend, LaneLimits limits);

  std::size_t add_lane(std::string plugin_id, Backend& backend, LaneLimits limits) {
    const std::size_t lane = new_lane();
    add_lane(lane, std::move(plugin_id), backend, limits);
    return lane;
  }

  // Whether a client waits for a call on that lane, or its plugin still owes the completion.
  bool has_calls(std::size_t lane) const;
  // Answers what is open there; the plugin is told to stop.
  void end_calls(std::size_t lane);

  // When it has no calls and the registry no item of it any more.
  void remove_lane(std::size_t lane) { lanes_.erase(lane); }

  // New lanes have taken over: their plugins hear which of their resources somebody watches.
  void tell_interests(std::span<const std::size_t> lanes);

  // The rules of Access are others: who may no longer read what it subscribed to is told so, and
  // everybody that the lists may have changed.
  void rules_changed();

  // Whether there are tasks this knows itself.
  void set_server_info(mcp::ServerInfo info);

  const mcp::ServerInfo& server_info() const noexcept { return server_info_.own(); }

  // Before the first request. Without them no plugin can ask a modern client for input.
  void use(identity::SealKeys keys) { seal_keys_ = std::move(keys); }

  // Before the first request. Without it no call becomes a task. `label` begins the ids of tasks,
  // so that a proxy can route by them; `left` are those of processes that have ended.
  void use(TaskStore& tasks, std::string label, std::vector<Task> left);

  // Those; null when there are none.
  const identity::SealKeys* seal_keys() const noexcept {
    return seal_keys_ ? &*seal_keys_ : nullptr;
  }

  // Before the first request; the journal outlives this.
  void use(audit::Journal& journal, OnFailure on_failure) { audit_.use(journal, on_failure); }

  // Answers through the responder, now or later. The result is the call that was started, for
  // cancel(); null when the answer was given at once.
  std::shared_ptr<Call> dispatch(Incoming incoming);

  // The client no longer wants the answer: none will be sent, and the plugin is told.
  void cancel(const std::shared_ptr<Call>& call);

  // A legacy session has begun: it is told of changes, through its push().
  void open_session(const std::shared_ptr<LegacySession>& session);

  // How many subscriptions there may be at once; before the first request.
  struct ListenLimits {
    std::size_t total = 16'384;
    std::size_t per_principal = 1'024;  // the caller `local` is not limited
  };

  void set_listen_limits(ListenLimits limits) { listen_limits_ = limits; }

  // From when on the log names calls as slow; 0: none.
  void set_slow_call(std::chrono::milliseconds threshold) { slow_calls_.set_threshold(threshold); }

  // How much is taken on at once.
  Capacity& capacity() noexcept { return capacity_; }

  const Capacity& capacity() const noexcept { return capacity_; }

  // What was counted so far.
  CallCounts& counts() noexcept { return counts_; }

  // Two of them may be of one plugin.
  template <class Function>
  void each_lane(Function function) const {
    for (const auto& [number, lane] : lanes_) function(*lane);
  }

  // Open subscriptions, and tasks that are kept.
  std::size_t listening() const noexcept { return listens_.size(); }

  std::size_t tasks() const noexcept { return tasks_.size(); }

  // The client of that session has said notifications/initialized.
  void client_is_ready(const std::shared_ptr<LegacySession>& session);

  // A client has answered a request of the server's own. False when nothing like it was asked in
  // that session.
  bool client_answered(const std::shared_ptr<LegacySession>& session, const mcp::Message& response);

  // Ends the calls of those whose key was revoked, or whose account may do other things now.
  void revoke(const std::function<bool(const identity::Principal&)>& is_valid);

  // Whether a call waits, runs or is being recorded; who listens or is to answer does not count.
  bool is_working() const;
  // Refuses new calls from now on and answers those that wait for a slot.
  void stop_accepting();
  // Answers what is still open; the plugins are told to stop.
  void answer_rest();
  // Calls `idle` as soon as no client waits for an answer; at once when none does.
  void when_idle(std::function<void()> idle);

  void completed(std::shared_ptr<Call> call, Outcome outcome) override;
  void progressed(std::shared_ptr<Call> call) override;
  void noted(std::shared_ptr<Call> call) override;
  void frame_left(std::shared_ptr<Call> call) override;
  void resource_updated(std::string_view uri, std::string_view plugin_id) override;

 private:
  enum class EventKind { kIntent, kOutcome, kProgress, kNotes, kUpdated, kFrameLeft };

  struct Event {
    EventKind kind;
    std::shared_ptr<Call> call;
    std::uint64_t recorded;  // the record's number or whether there is one; 0: there is none
  };

  void intent_recorded(std::shared_ptr<Call> call, std::uint64_t seq) noexcept override;
  void outcome_recorded(std::shared_ptr<Call> call, bool recorded) noexcept override;

  // A question to a legacy client that is not answered yet.
  struct Asked {
    std::shared_ptr<Call> call;
    std::size_t index;
  };

  class TaskResponder;

  bool is_due_as_task(const Call& call, Clock::time_point now) const;
  bool has_room_for_task(std::string_view owner) const;
  void become_task(const std::shared_ptr<Call>& call);
  void on_task_kept(const std::shared_ptr<Call>& call, const std::shared_ptr<Task>& task,
                    bool kept);
  bool waits_for_task(const std::shared_ptr<Call>& call, bool recorded);
  void ask_in_task(const std::shared_ptr<Call>& call);
  void tell_progress(Task& task, const Progress& progress);
  void task_answered(const std::shared_ptr<Task>& task, const mcp::Answer& answer);
  void task_changed(Task& task);
  void forget_task(const std::string& id);
  void purge_tasks();
  void serve_task(Incoming incoming);
  std::optional<mcp::Failure> update_task(Task& task, const mcp::Message& message);
  void cancel_task(Task& task);

  std::shared_ptr<Call> listen(Incoming incoming);
  std::string told_change(const mcp::RequestId& id, std::string_view method,
                          std::string_view name) const;
  void honour(mcp::ListenFilter& filter, const std::shared_ptr<Call>& call);
  void record_denied(const std::shared_ptr<Call>& call, std::string_view uri, std::string rule);
  void end_listen(const std::shared_ptr<Call>& call, bool tell);
  void end_listens(const std::function<bool(const Call&)>& is_meant);
  void fell_behind(Subscriptions::Id id);
  void subscribe(Incoming incoming, bool on);
  void on_updated();
  void on_interest(const std::string& uri, bool on);

  void list(Incoming incoming, mcp::ItemKind kind);
  void set_log_level(Incoming incoming);
  // For a request that becomes no call; recorded as the refusal of a call is.
  void turn_away(Incoming& incoming, EndedAs as, const mcp::Failure& failure,
                 std::string_view subject = {});
  std::shared_ptr<Call> start_call(Incoming incoming);
  std::shared_ptr<Call> open(Incoming& incoming, Target target);
  // False when it was refused.
  bool begin(const std::shared_ptr<Call>& call);
  // Each answers and says so (true) when the call may go no further.
  bool refuse_caller(const std::shared_ptr<Call>& call, std::string_view site);
  bool refuse_request(const std::shared_ptr<Call>& call, const mcp::ParamHeaders* param_headers);
  bool refuse_invalid_arguments(const std::shared_ptr<Call>& call);
  bool refuse_state(const std::shared_ptr<Call>& call);
  void deny(const std::shared_ptr<Call>& call);

  // Once for each call, by whoever has ended it; on any thread.
  void count_end(const Call& call, const Ending& ending);
  // The call has ended, by the host's own decision: that is recorded, and then the client is told.
  void conclude(const std::shared_ptr<Call>& call, Ending ending, mcp::Answer answer);
  bool refuse(const std::shared_ptr<Call>& call, EndedAs as, const mcp::Failure& failure);

  void deliver(const Event& event);
  void on_intent(const std::shared_ptr<Call>& call, std::uint64_t seq);
  void on_outcome(const std::shared_ptr<Call>& call, bool recorded);
  void on_progress(Call& call, Clock::time_point now);
  void send_progress(Call& call);
  static void send_notes(Call& call);

  RenderContext render_context() const { return {server_info_.get(), seal_keys()}; }

  void end_for_client(const std::shared_ptr<Call>& call);
  void ask(const std::shared_ptr<Call>& call);
  void ask_client(const std::shared_ptr<Call>& call);
  void stop_asking(const std::shared_ptr<Call>& call);
  void end_asking(const std::shared_ptr<Call>& call, EndedAs as, std::string_view why);
  std::shared_ptr<Call> open_round(const std::shared_ptr<Call>& call);
  void next_round(const std::shared_ptr<Call>& call);
  void release_slot(const std::shared_ptr<Call>& call);

  Lane& lane_of(const Call& call) { return *lanes_.at(call.item->lane); }

  void detach(const std::shared_ptr<Call>& call);
  void answer(const std::shared_ptr<Call>& call, mcp::Answer answer);
  void drop(const std::shared_ptr<Call>& call);
  void end_all(Call::State state, const mcp::Failure& failure);
  void settled(const std::shared_ptr<Call>& call);
  bool refuse_load(const std::shared_ptr<Call>& call);
  void forget(const std::shared_ptr<Call>& call);
  void sweep();
  void time_out(const std::shared_ptr<Call>& call);
  void give_up_recording(const std::shared_ptr<Call>& call);
  void arm_sweep();
  void tell_idle();

  boost::asio::io_context& io_;
  registry::Registry& registry_;
  Access& access_;
  Log& log_;
  CallAudit audit_;
  CallCounts counts_;
  SlowCalls slow_calls_;
  Published<mcp::ServerInfo> server_info_{std::make_shared<const mcp::ServerInfo>()};
  std::unordered_map<std::size_t, std::unique_ptr<Lane>> lanes_;
  std::atomic<std::size_t> next_lane_ = 0;
  TaskStore* task_store_ = nullptr;
  std::string task_label_;
  std::unordered_map<std::string, std::shared_ptr<Task>> tasks_;
  // Those of sessions that watch resources; who in it asked last.
  std::unordered_map<Subscriptions::Id, identity::Principal> subscribers_;
  Subscriptions subscriptions_;  // before all that holds a session
  ChangedUris changed_uris_;
  ListenLimits listen_limits_;
  std::unordered_map<Subscriptions::Id, std::shared_ptr<Call>> listens_;
  std::unordered_map<std::string, std::size_t> listens_of_;  // by principal
  // Calls whose client waits, or whose plugin still owes a completion.
  std::unordered_set<std::shared_ptr<Call>> live_;
  std::size_t unanswered_ = 0;
  std::optional<identity::SealKeys> seal_keys_;
  std::unordered_map<std::string, Asked> asked_;  // by the id of the request to the client
  std::uint64_t next_question_ = 1;
  CallId next_id_ = 1;
  boost::asio::steady_timer sweep_timer_;
  bool sweeping_ = false;
  bool stopping_ = false;
  std::function<void()> idle_;
  async::Mailbox<Event> mailbox_;
  Capacity capacity_;
};

}  // namespace toolpost::call
