// SPDX-License-Identifier: Apache-2.0
#include "call/dispatcher.hpp"

#include "call/refusal.hpp"
#include "json/writer.hpp"

#include <toolpost/plugin.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <new>

namespace toolpost::call {
namespace {

// Deadlines are looked at this often while calls are live; that is also how late one may be.
constexpr std::chrono::milliseconds kSweepInterval{50};

// 401 although it was let in: what proved the caller counts no more.
mcp::Answer revoked_answer(const Call& call) {
  return mcp::to_answer({.code = mcp::kUnauthorized,
                         .message = "Unauthorized: the API key was revoked, or what its account "
                                    "may do has changed",
                         .http_status = 401,
                         .data = {}},
                        call.message->id());
}

Rendered render(const Call& call, const Outcome& outcome, const RenderContext& context) {
  try {
    return render_outcome(call, outcome, context);
  } catch (const std::bad_alloc&) {
    Rendered rendered = render_outcome(call, {.status = TOOLPOST_E_LIMIT}, context);
    rendered.complaint = "the result needs more memory than there is";
    return rendered;
  }
}

}  // namespace

Dispatcher::Dispatcher(boost::asio::io_context& io, registry::Registry& registry, Access& access,
                       Log& log)
    : io_(io),
      registry_(registry),
      access_(access),
      log_(log),
      audit_(*this),
      slow_calls_(log),
      subscriptions_(
          io, [this](const std::string& uri, bool on) { on_interest(uri, on); },
          [this](Subscriptions::Id id) { fell_behind(id); }),
      sweep_timer_(io),
      mailbox_(io, [this](const Event& event) { deliver(event); }) {
  registry_.on_change([this](mcp::ItemKind kind) { subscriptions_.changed(kind); });
}

void Dispatcher::set_server_info(mcp::ServerInfo info) {
  info.has_tasks = task_store_ != nullptr;
  server_info_.set(std::make_shared<const mcp::ServerInfo>(std::move(info)));
}

void Dispatcher::count_end(const Call& call, const Ending& ending) {
  if (call.counts == nullptr) return;
  const Clock::time_point now = Clock::now();
  ItemCounts& counts = *call.counts;
  counts.ended[static_cast<std::size_t>(ending.as)].add();
  counts.in_flight.add(-1);
  counts.argument_bytes.add(call.arguments.size());
  counts.result_bytes.add(ending.result_bytes);
  if (call.begun != Clock::time_point{}) {
    counts.queue.observe(call.begun - call.arrived);
    counts.run.observe(now - call.begun);
  }
  slow_calls_.ended(call, ending.as, now);
}

void Dispatcher::conclude(const std::shared_ptr<Call>& call, Ending ending, mcp::Answer answer) {
  count_end(*call, ending);
  call->state = Call::State::kEnding;
  call->answer = std::move(answer);
  call->task_refused = true;  // what the host has ended becomes no task any more
  if (audit_.record_outcome(call, std::move(ending), access_.shared_rules())) {
    on_outcome(call, true);
  }
}

void Dispatcher::cancel(const std::shared_ptr<Call>& call) {
  if (call->task) return;  // it has let go of its request
  end_for_client(call);
}

void Dispatcher::end_for_client(const std::shared_ptr<Call>& call) {
  if (call->state == Call::State::kAnswered) return;
  if (call->state == Call::State::kListening) {
    end_listen(call, false);
    return;
  }
  if (call->state == Call::State::kAsking) {
    const auto next = open_round(call);
    next->end();
    count_end(*next, {.as = EndedAs::kCancelled});
    audit_.record_outcome(next, {.as = EndedAs::kCancelled}, access_.shared_rules());
    drop(next);
    return;
  }
  if (call->state != Call::State::kEnding && call->end()) {
    log_.debug("call cancelled", {{"call", static_cast<std::int64_t>(call->id)},
                                  {"item", call->subject},
                                  {"request", call->request_id}});
    detach(call);
    count_end(*call, {.as = EndedAs::kCancelled});
    audit_.record_outcome(call, {.as = EndedAs::kCancelled}, access_.shared_rules());
  }
  drop(call);
}

// The plugin is told that nobody waits, or never hears of the call.
void Dispatcher::detach(const std::shared_ptr<Call>& call) {
  if (call->state == Call::State::kWaiting) {
    lane_of(*call).forget(call);
    call->slot_free = true;
  } else {
    call->cancelled = true;
    lane_of(*call).backend().cancel(call);
  }
}

// No answer is sent.
void Dispatcher::drop(const std::shared_ptr<Call>& call) {
  call->responder.reset();
  settled(call);
}

void Dispatcher::answer(const std::shared_ptr<Call>& call, mcp::Answer answer) {
  const auto responder = std::move(call->responder);
  settled(call);
  responder->answer(std::move(answer));
}

void Dispatcher::settled(const std::shared_ptr<Call>& call) {
  call->state = Call::State::kAnswered;
  capacity_.leave(*call);
  --unanswered_;
  if (call->slot_free) forget(call);
  tell_idle();
}

// Nobody waits for it and the plugin owes nothing.
void Dispatcher::forget(const std::shared_ptr<Call>& call) {
  if (live_.erase(call) != 0 && call->is_counted) access_.leave(call->principal);
}

void Dispatcher::revoke(const std::function<bool(const identity::Principal&)>& is_valid) {
  end_listens([&](const Call& call) { return !is_valid(call.principal); });
  for (const auto& call : std::vector(live_.begin(), live_.end())) {
    if (!call->responder || is_valid(call->principal)) continue;
    if (call->state == Call::State::kAsking) {
      const auto next = open_round(call);
      next->end();
      conclude(next, {.as = EndedAs::kRevoked, .code = mcp::kUnauthorized}, revoked_answer(*next));
      continue;
    }
    if (!call->end()) continue;
    log_.info("call ended: its key was revoked, or what its account may do has changed",
              {{"user", call->principal.name}, {"item", call->subject}});
    detach(call);
    conclude(call, {.as = EndedAs::kRevoked, .code = mcp::kUnauthorized}, revoked_answer(*call));
  }
}

bool Dispatcher::is_working() const {
  return std::any_of(live_.begin(), live_.end(), [](const auto& call) {
    return call->state == Call::State::kWaiting || call->state == Call::State::kRunning ||
           call->state == Call::State::kEnding;
  });
}

void Dispatcher::stop_accepting() {
  stopping_ = true;
  end_listens([](const Call&) { return true; });
  end_all(Call::State::kWaiting, stopping());
}

void Dispatcher::answer_rest() {
  end_all(Call::State::kRunning, interrupted("The server was stopped"));
  for (const auto& call : std::vector(live_.begin(), live_.end())) {
    if (call->state != Call::State::kAsking) continue;
    refuse(open_round(call), EndedAs::kStopped, stopping());
  }
}

void Dispatcher::end_all(Call::State state, const mcp::Failure& failure) {
  for (const auto& call : std::vector(live_.begin(), live_.end())) {
    if (call->state != state || !call->end()) continue;
    detach(call);
    refuse(call, EndedAs::kStopped, failure);
  }
}

void Dispatcher::when_idle(std::function<void()> idle) {
  idle_ = std::move(idle);
  tell_idle();
}

void Dispatcher::tell_idle() {
  if (unanswered_ != 0 || !idle_) return;
  boost::asio::post(io_, std::exchange(idle_, nullptr));
}

// On whichever thread the plugin has completed it: rendering and recording cost the I/O thread
// nothing, and a plugin delays only its own calls.
void Dispatcher::completed(std::shared_ptr<Call> call, Outcome outcome) {
  if (call->end()) {
    Rendered rendered = render(*call, outcome, render_context());
    if (!rendered.complaint.empty()) {
      log_.error("plugin gave an invalid result", {{"plugin", call->item->plugin_id},
                                                   {"item", call->subject},
                                                   {"reason", rendered.complaint}});
    }
    rendered.ending.result_bytes = rendered.answer.json.size();
    call->answer = std::move(rendered.answer);
    if (rendered.ending.as == EndedAs::kInputRequired && asks_later(*call)) {
      call->questions = std::move(rendered.questions);
    }
    count_end(*call, rendered.ending);
    audit_.record_completion(call, std::move(rendered.ending), access_.shared_rules());
  } else {
    log_.debug("a completion came after the answer",
               {{"plugin", call->item->plugin_id}, {"request", call->request_id}});
  }
  if (call->slot.complete()) frame_left(std::move(call));
}

void Dispatcher::progressed(std::shared_ptr<Call> call) {
  mailbox_.send({EventKind::kProgress, std::move(call), 0});
}

void Dispatcher::noted(std::shared_ptr<Call> call) {
  mailbox_.send({EventKind::kNotes, std::move(call), 0});
}

void Dispatcher::frame_left(std::shared_ptr<Call> call) {
  mailbox_.send({EventKind::kFrameLeft, std::move(call), 0});
}

void Dispatcher::intent_recorded(std::shared_ptr<Call> call, std::uint64_t seq) noexcept {
  mailbox_.send({EventKind::kIntent, std::move(call), seq});
}

void Dispatcher::outcome_recorded(std::shared_ptr<Call> call, bool recorded) noexcept {
  mailbox_.send({EventKind::kOutcome, std::move(call), recorded ? std::uint64_t{1} : 0});
}

void Dispatcher::deliver(const Event& event) {
  switch (event.kind) {
    case EventKind::kIntent:
      on_intent(event.call, event.recorded);
      break;
    case EventKind::kOutcome:
      on_outcome(event.call, event.recorded != 0);
      break;
    case EventKind::kProgress:
      on_progress(*event.call, Clock::now());
      break;
    case EventKind::kNotes:
      send_notes(*event.call);
      break;
    case EventKind::kUpdated:
      on_updated();
      break;
    case EventKind::kFrameLeft:
      release_slot(event.call);
      break;
  }
}

void Dispatcher::on_intent(const std::shared_ptr<Call>& call, std::uint64_t seq) {
  if (call->state != Call::State::kWaiting || call->has_ended()) return;
  if (seq == 0 && !audit_.goes_on_without()) {
    give_up_recording(call);
    return;
  }
  call->intent_seq = seq;
  lane_of(*call).intent_recorded(call);
}

// Recorded, so that the client may be told; or not, and then it is not told that all is well.
void Dispatcher::on_outcome(const std::shared_ptr<Call>& call, bool recorded) {
  if (call->state == Call::State::kAnswered || call->state == Call::State::kAsking) return;
  send_notes(*call);  // what is still waiting goes out before the answer
  send_progress(*call);
  if (call->state == Call::State::kAnswered) return;  // writing has ended the connection
  if (waits_for_task(call, recorded)) return;
  if (recorded && call->questions) {
    ask(call);
    return;
  }
  answer(call, recorded ? std::move(call->answer)
                        : mcp::to_answer(no_audit("What the call did could not be recorded"),
                                         call->message->id()));
}

void Dispatcher::on_progress(Call& call, Clock::time_point now) {
  if (!call.responder || !call.progress_budget.take(now)) return;  // the sweep comes back to it
  send_progress(call);
}

void Dispatcher::send_progress(Call& call) {
  auto progress = call.progress.take();
  if (!progress || !call.responder) return;
  if (call.task) {
    tell_progress(*call.task, *progress);
    return;
  }
  if (call.progress_token.empty()) return;
  std::string params;
  json::Writer writer{params};
  writer.begin_object().key("progressToken").raw(call.progress_token);
  writer.key("progress").number(progress->done);
  if (progress->total > 0) writer.key("total").number(progress->total);
  if (!progress->text.empty()) writer.member("message", std::string_view{progress->text});
  writer.end_object();
  // Held: writing can end the connection, and with it the call's hold on the responder.
  const auto responder = call.responder;
  responder->notify(mcp::notification("notifications/progress", params));
}

void Dispatcher::send_notes(Call& call) {
  // Held: writing can end the connection, and with it the call's hold on the responder.
  const auto responder = call.responder;
  if (!responder) return;
  for (const Note& note : call.notes.take()) {
    if (!call.responder) return;
    responder->notify(mcp::log_notification(note.level, call.item->plugin_id, note.text));
  }
}

// The plugin has completed the call and left its frame: the slot is free for the next. The call
// itself stays until its client is answered, which takes longer while its outcome is recorded.
void Dispatcher::release_slot(const std::shared_ptr<Call>& call) {
  if (std::exchange(call->slot_free, true)) return;
  if (call->state == Call::State::kAnswered) forget(call);
  Lane& lane = lane_of(*call);
  // Of a call that the host has ended nothing follows: it may have hung all the same.
  if (!call->cancelled && lane.circuit().succeeded()) {
    log_.info("plugin answers again", {{"plugin", lane.plugin_id()}});
  }
  lane.release();
}

void Dispatcher::arm_sweep() {
  if (sweeping_) return;
  sweeping_ = true;
  sweep_timer_.expires_after(kSweepInterval);
  sweep_timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    sweeping_ = false;
    sweep();
    if (unanswered_ != 0) arm_sweep();
  });
}

void Dispatcher::sweep() {
  const Clock::time_point now = Clock::now();
  const bool stalled = audit_.is_stalled(now);
  for (const auto& call : std::vector(live_.begin(), live_.end())) {
    if (!call->responder) continue;
    if (call->progress.is_waiting()) on_progress(*call, now);
    if (call->deadline <= now) time_out(call);
    if (is_due_as_task(*call, now)) become_task(call);
    if (stalled) give_up_recording(call);
  }
}

void Dispatcher::time_out(const std::shared_ptr<Call>& call) {
  if (!call->responder) return;
  if (call->state == Call::State::kAsking) {
    end_asking(call, EndedAs::kTimeout, "The client did not answer in time");
    return;
  }
  const bool is_plugins_fault = call->state == Call::State::kRunning;
  if (!call->end()) return;
  send_progress(*call);
  const auto limit = call->task ? std::chrono::milliseconds{kTaskLife} : call->item->timeout;
  const std::string text = "The " + std::string{mcp::to_string(call->item->kind)} + " " +
                           std::string{call->subject} + " did not finish within " +
                           std::to_string(limit.count()) + " ms";
  log_.warn("call timed out", {{"plugin", call->item->plugin_id},
                               {"item", call->subject},
                               {"request", call->request_id},
                               {"timeout_ms", static_cast<std::int64_t>(limit.count())}});
  if (is_plugins_fault && lane_of(*call).circuit().failed(Clock::now())) {
    log_.warn("plugin is left alone for a while, it let several calls in a row time out",
              {{"plugin", call->item->plugin_id}});
  }
  detach(call);
  conclude(call, {.as = EndedAs::kTimeout},
           told_error(*call, text, mcp::kInternalError, server_info()));
}

// The storage does not answer: whoever waits for a record is told so, or goes on without where that
// is allowed.
void Dispatcher::give_up_recording(const std::shared_ptr<Call>& call) {
  if (!call->responder || call->state == Call::State::kAsking) return;
  if (call->intent_pending) {
    if (audit_.goes_on_without()) {
      audit_.count_unrecorded();
      lane_of(*call).intent_recorded(call);
    } else if (call->end()) {
      detach(call);
      const mcp::Failure failure = no_audit("The call was not begun: it could not be recorded");
      conclude(call, {.as = EndedAs::kUnavailable, .code = failure.code},
               refusal(failure, call->version, call->message->id()));
      on_outcome(call, true);  // the answer says it already
    }
  } else if (call->has_ended()) {
    // Being written on another thread, the answer is that thread's.
    on_outcome(call, call->state == Call::State::kEnding && audit_.goes_on_without());
  }
}

}  // namespace toolpost::call
