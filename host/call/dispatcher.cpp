// SPDX-License-Identifier: Apache-2.0
#include "call/dispatcher.hpp"

#include "call/client_facts.hpp"
#include "json/writer.hpp"

#include <toolpost/plugin.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <new>

namespace toolpost::call {
namespace {

// Deadlines are looked at this often while calls are live; that is also how late one may be.
constexpr std::chrono::milliseconds kSweepInterval{50};

// Larger results are rendered on the pool, so that they delay nobody else's requests.
constexpr std::size_t kInlineResultBytes = std::size_t{32} * 1024;

constexpr std::size_t kToolsPerPage = 250;

// In the legacy era only transport faults have a status of their own; being overloaded is one, and
// so is asking too often.
mcp::Answer refusal(mcp::Failure failure, const Incoming& incoming) {
  if (!mcp::is_modern(incoming.version) && failure.code != mcp::kOverloaded &&
      failure.code != mcp::kRateLimited) {
    failure.http_status = 200;
  }
  return mcp::to_answer(failure, incoming.message->id());
}

// 401 although it was let in: what proved the caller counts no more.
mcp::Answer revoked_answer(const Call& call) {
  return mcp::to_answer({.code = mcp::kUnauthorized,
                         .message = "Unauthorized: the API key was revoked",
                         .http_status = 401,
                         .data = {}},
                        call.message->id());
}

mcp::Answer stopping_answer(const Call& call) {
  return mcp::to_answer(mcp::overloaded("stopping", "The server is stopping"), call.message->id());
}

}  // namespace

class Dispatcher::RenderJob final : public async::Job {
 public:
  RenderJob(Dispatcher& dispatcher, std::shared_ptr<Call> call, Outcome outcome)
      : dispatcher_(dispatcher), call_(std::move(call)), outcome_(std::move(outcome)) {}

  void run() noexcept override {
    Rendered rendered = render();
    dispatcher_.mailbox_.send({EventKind::kRendered,
                               std::move(call_),
                               {.message = std::move(rendered.complaint)},
                               std::move(rendered.answer)});
  }

 private:
  Rendered render() noexcept {
    try {
      return render_outcome(*call_, outcome_, dispatcher_.server_info_);
    } catch (const std::bad_alloc&) {
      outcome_ = {.status = TOOLPOST_E_LIMIT};
      return {render_outcome(*call_, outcome_, dispatcher_.server_info_).answer,
              "the result needs more memory than there is"};
    }
  }

  Dispatcher& dispatcher_;
  std::shared_ptr<Call> call_;
  Outcome outcome_;
};

Dispatcher::Dispatcher(boost::asio::io_context& io, async::WorkerPool& pool,
                       registry::Registry& registry, Access& access, Log& log)
    : io_(io),
      pool_(pool),
      registry_(registry),
      access_(access),
      log_(log),
      sweep_timer_(io),
      mailbox_(io, [this](Event event) { deliver(std::move(event)); }) {}

std::size_t Dispatcher::add_lane(std::string plugin_id, Backend& backend, LaneLimits limits) {
  lanes_.push_back(std::make_unique<Lane>(std::move(plugin_id), backend, limits));
  return lanes_.size() - 1;
}

std::shared_ptr<Call> Dispatcher::dispatch(Incoming incoming) {
  const std::string_view method = incoming.message->method();
  if (const auto limited =
          access_.count_request(incoming.principal, incoming.address, Clock::now())) {
    incoming.responder->answer(refusal(*limited, incoming));
    return nullptr;
  }
  if (method == "tools/call") return call_tool(std::move(incoming));
  if (method == "tools/list") {
    list_tools(incoming);
  } else if (method == "server/discover" && mcp::is_modern(incoming.version)) {
    incoming.responder->answer(
        mcp::result_answer(incoming.message->id(), mcp::discover_result(server_info_)));
  } else if (method == "ping" && !mcp::is_modern(incoming.version)) {
    incoming.responder->answer(mcp::result_answer(incoming.message->id(), "{}"));
  } else {
    incoming.responder->answer(refusal(mcp::method_not_found(method), incoming));
  }
  return nullptr;
}

void Dispatcher::list_tools(const Incoming& incoming) {
  const mcp::RequestId& id = incoming.message->id();
  std::string after;
  if (const json::Value* cursor = incoming.message->param("cursor")) {
    auto name = cursor->is_string() ? mcp::read_cursor(cursor->as_string()) : std::nullopt;
    if (!name) {
      incoming.responder->answer(mcp::to_answer(
          mcp::invalid_params("Invalid params: cursor is not one of this server"), id));
      return;
    }
    after = std::move(*name);
  }
  const auto snapshot = registry_.snapshot();
  const auto& tools = snapshot->tools();
  auto place =
      std::upper_bound(tools.begin(), tools.end(), after,
                       [](const std::string& name, const auto& tool) { return name < tool->name; });
  std::string items;
  std::optional<std::string> next;
  std::size_t count = 0;
  for (std::string_view last; place != tools.end(); ++place) {
    if (!access_.may_use(incoming.principal, **place)) continue;
    if (count == kToolsPerPage) {
      next = mcp::make_cursor(last);
      break;
    }
    if (count++ != 0) items.push_back(',');
    items.append((*place)->definition.text(incoming.version));
    last = (*place)->name;
  }
  incoming.responder->answer(mcp::result_answer(
      id, mcp::list_result("tools", items, next, incoming.version, server_info_)));
}

std::shared_ptr<Call> Dispatcher::call_tool(Incoming incoming) {
  const std::shared_ptr<Responder> responder = incoming.responder;
  const auto refuse = [&](const mcp::Failure& failure) -> std::shared_ptr<Call> {
    responder->answer(refusal(failure, incoming));
    return nullptr;
  };
  if (stopping_) return refuse(mcp::overloaded("stopping", "The server is stopping"));
  const json::Value* name = incoming.message->param("name");
  if (name == nullptr || !name->is_string()) {
    return refuse(mcp::invalid_params("Invalid params: name is required"));
  }
  auto tool = registry_.snapshot()->find_tool(name->as_string());
  if (!tool) {
    return refuse(mcp::invalid_params("Unknown tool: " + std::string{name->as_string()}));
  }
  if (refuse_call(incoming, *tool)) return nullptr;
  auto call = std::make_shared<Call>(next_id_++, std::move(tool), std::move(incoming.message));
  prepare(*call, incoming);
  if (refuse_invalid_arguments(*call, *responder)) return nullptr;

  if (const auto limited = access_.enter(call->principal)) {
    responder->answer(mcp::to_answer(*limited, call->message->id()));
    return nullptr;
  }
  if (!lanes_[call->tool->lane]->admit(call)) {
    access_.leave(call->principal);
    const std::string busy = "Plugin " + call->tool->plugin_id + " is busy";
    responder->answer(mcp::to_answer(mcp::overloaded("busy", busy), call->message->id()));
    return nullptr;
  }
  call->responder = responder;
  live_.insert(call);
  ++unanswered_;
  arm_sweep();
  return call;
}

bool Dispatcher::refuse_call(const Incoming& incoming, const registry::Tool& tool) {
  const auto refuse = [&](const mcp::Failure& failure) {
    incoming.responder->answer(refusal(failure, incoming));
    return true;
  };
  if (!access_.may_use(incoming.principal, tool)) {
    const auto decision = access_.rules().explain_tool(incoming.principal.role, facts_of(tool));
    log_.info("call denied", {{"tool", tool.name},
                              {"user", incoming.principal.name},
                              {"role", incoming.principal.role},
                              {"rule", decision.rule}});
    incoming.responder->answer(tool_error(incoming.message->id(), incoming.version,
                                          denial_text(incoming.principal, tool.name, decision),
                                          server_info_));
    return true;
  }
  if (const auto limited = access_.count_call(incoming.principal, tool, Clock::now())) {
    return refuse(*limited);
  }
  const json::Value* arguments = incoming.message->param("arguments");
  if (arguments != nullptr && !arguments->is_object()) {
    return refuse(mcp::invalid_params("Invalid params: arguments must be an object"));
  }
  if (const auto lacking = tool.client_features & ~incoming.client.features; lacking != 0) {
    return refuse(missing_capability(lacking));
  }
  if (incoming.param_headers == nullptr) return false;
  const auto failure =
      mcp::check_param_headers(tool.definition.header_bindings, arguments, *incoming.param_headers);
  return failure && refuse(*failure);
}

void Dispatcher::prepare(Call& call, Incoming& incoming) {
  call.version = incoming.version;
  call.principal = std::move(incoming.principal);
  call.client = std::move(incoming.client);
  call.request_id = call.message->id().to_json();
  const std::string_view arguments = call.message->param_text("arguments");
  call.arguments = arguments.empty() ? std::string_view{"{}"} : arguments;
  call.meta =
      call.message->meta() == nullptr ? std::string_view{"{}"} : call.message->param_text("_meta");
  if (const json::Value* meta = call.message->meta()) {
    if (const json::Value* trace = meta->find_string("traceparent")) {
      call.traceparent = trace->as_string();
    }
    const json::Value* token = meta->find("progressToken");
    if (token != nullptr) {
      if (const auto id = mcp::RequestId::from(*token)) call.progress_token = id->to_json();
    }
  }
  if (call.tool->timeout.count() > 0) call.deadline = Clock::now() + call.tool->timeout;
}

bool Dispatcher::refuse_invalid_arguments(Call& call, Responder& responder) {
  const json::Value empty{std::span<const json::Member>{}};
  const json::Value* arguments = call.message->param("arguments");
  const auto violation = call.tool->input.validate(arguments == nullptr ? empty : *arguments);
  if (!violation) return false;
  responder.answer(tool_error(call, "Invalid arguments: " + violation->message, server_info_));
  return true;
}

void Dispatcher::cancel(const std::shared_ptr<Call>& call) {
  if (call->state != Call::State::kWaiting && call->state != Call::State::kRunning) return;
  log_.debug("call cancelled", {{"call", static_cast<std::int64_t>(call->id)},
                                {"tool", call->tool->name},
                                {"request", call->request_id}});
  give_up(call);
}

void Dispatcher::give_up(const std::shared_ptr<Call>& call) {
  call->responder.reset();
  --unanswered_;
  if (call->state == Call::State::kWaiting) {
    lanes_[call->tool->lane]->forget(call);
    call->state = Call::State::kDone;
    forget(call);
  } else {
    call->state = Call::State::kAnswered;
    call->cancelled = true;
    if (call->slot_free) forget(call);
    lanes_[call->tool->lane]->backend().cancel(call);
  }
  tell_idle();
}

// Nobody waits for it and the plugin owes nothing.
void Dispatcher::forget(const std::shared_ptr<Call>& call) {
  if (live_.erase(call) != 0) access_.leave(call->principal);
}

void Dispatcher::revoke(const std::function<bool(const identity::Principal&)>& is_valid) {
  for (const auto& call : std::vector(live_.begin(), live_.end())) {
    if (!call->responder || is_valid(call->principal)) continue;
    log_.info("call ended: its key was revoked",
              {{"user", call->principal.name}, {"tool", call->tool->name}});
    answer_and_give_up(call, revoked_answer(*call));
  }
}

void Dispatcher::answer_and_give_up(const std::shared_ptr<Call>& call, mcp::Answer answer) {
  const auto responder = call->responder;
  give_up(call);
  responder->answer(std::move(answer));
}

void Dispatcher::stop_accepting() {
  stopping_ = true;
  for (const auto& call : std::vector(live_.begin(), live_.end())) {
    if (call->state == Call::State::kWaiting) answer_and_give_up(call, stopping_answer(*call));
  }
}

void Dispatcher::answer_rest() {
  for (const auto& call : std::vector(live_.begin(), live_.end())) {
    if (call->state == Call::State::kRunning) answer_and_give_up(call, stopping_answer(*call));
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

void Dispatcher::completed(std::shared_ptr<Call> call, Outcome outcome) {
  mailbox_.send({EventKind::kCompleted, std::move(call), std::move(outcome), {}});
}

void Dispatcher::progressed(std::shared_ptr<Call> call) {
  mailbox_.send({EventKind::kProgress, std::move(call), {}, {}});
}

void Dispatcher::frame_left(std::shared_ptr<Call> call) {
  mailbox_.send({EventKind::kFrameLeft, std::move(call), {}, {}});
}

void Dispatcher::deliver(Event event) {
  switch (event.kind) {
    case EventKind::kCompleted:
      on_completed(event.call, std::move(event.outcome));
      break;
    case EventKind::kRendered:
      finish(event.call, {std::move(event.answer), std::move(event.outcome.message)});
      break;
    case EventKind::kProgress:
      on_progress(*event.call, Clock::now());
      break;
    case EventKind::kFrameLeft:
      release_slot(event.call);
      break;
  }
}

void Dispatcher::on_completed(const std::shared_ptr<Call>& call, Outcome outcome) {
  const bool wanted = call->state == Call::State::kRunning;
  if (!wanted) {
    log_.debug("a completion came after the answer",
               {{"plugin", call->tool->plugin_id}, {"request", call->request_id}});
  } else if (outcome.payload.size() > kInlineResultBytes || !outcome.blobs.empty()) {
    pool_.submit(std::make_shared<RenderJob>(*this, call, std::move(outcome)));
  } else {
    finish(call, render_outcome(*call, outcome, server_info_));
  }
  if (call->slot.complete()) release_slot(call);
}

void Dispatcher::finish(const std::shared_ptr<Call>& call, Rendered rendered) {
  if (!rendered.complaint.empty()) {
    log_.error("plugin gave an invalid result", {{"plugin", call->tool->plugin_id},
                                                 {"tool", call->tool->name},
                                                 {"reason", rendered.complaint}});
  }
  if (call->state != Call::State::kRunning) return;
  send_progress(*call);  // what is still waiting goes out before the answer
  if (call->state != Call::State::kRunning) return;
  call->state = Call::State::kAnswered;
  if (call->slot_free) forget(call);
  --unanswered_;
  const auto responder = std::move(call->responder);
  responder->answer(std::move(rendered.answer));
  tell_idle();
}

void Dispatcher::on_progress(Call& call, Clock::time_point now) {
  if (!call.responder || !call.progress_budget.take(now)) return;  // the sweep comes back to it
  send_progress(call);
}

void Dispatcher::send_progress(Call& call) {
  auto progress = call.progress.take();
  if (!progress || !call.responder) return;
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

// The plugin has completed the call and left its frame: the slot is free for the next. The call
// itself stays until its client is answered, which takes longer where its result is large.
void Dispatcher::release_slot(const std::shared_ptr<Call>& call) {
  if (std::exchange(call->slot_free, true)) return;
  if (call->state != Call::State::kRunning) forget(call);
  lanes_[call->tool->lane]->release();
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
  std::vector<std::shared_ptr<Call>> late;
  for (const auto& call : std::vector(live_.begin(), live_.end())) {
    if (!call->responder) continue;
    if (call->deadline <= now) late.push_back(call);
    if (call->progress.is_waiting()) on_progress(*call, now);
  }
  for (const auto& call : late) {
    send_progress(*call);
    if (!call->responder) continue;  // writing has ended the connection
    const std::string text = "The tool " + call->tool->name + " did not finish within " +
                             std::to_string(call->tool->timeout.count()) + " ms";
    log_.warn("call timed out",
              {{"plugin", call->tool->plugin_id},
               {"tool", call->tool->name},
               {"request", call->request_id},
               {"timeout_ms", static_cast<std::int64_t>(call->tool->timeout.count())}});
    answer_and_give_up(call, tool_error(*call, text, server_info_));
  }
}

}  // namespace toolpost::call
