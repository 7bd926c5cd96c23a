// SPDX-License-Identifier: Apache-2.0
// The half of Dispatcher that decides whether a request may become a call, in the order of the
// checks that a caller can rely on: audit, name, rate and role, form, schema, slot.
#include "call/client_facts.hpp"
#include "call/dispatcher.hpp"
#include "call/legacy_session.hpp"
#include "call/listing.hpp"
#include "call/refusal.hpp"
#include "call/target.hpp"
#include "json/raw.hpp"
#include "mcp/classify.hpp"
#include "mcp/item_results.hpp"
#include "mcp/traceparent.hpp"

namespace toolpost::call {
namespace {

// Read-only by the word of a plugin that is trusted, and nothing beyond this machine is asked.
bool has_effects(const registry::Item& item) {
  return !item.trusted || !item.traits.read_only || item.traits.open_world;
}

void read_meta(Call& call) {
  const json::Value* meta = call.message->meta();
  call.meta = meta == nullptr ? std::string_view{"{}"} : call.message->param_text("_meta");
  if (call.session) call.log_level = call.session->log_level;
  if (meta == nullptr) return;
  if (const json::Value* trace = meta->find_string("traceparent")) {
    call.traceparent = mcp::read_traceparent(trace->as_string());
  }
  if (const json::Value* state = meta->find_string("tracestate")) {
    call.tracestate = state->as_string();
  }
  if (const json::Value* baggage = meta->find_string("baggage")) {
    call.baggage = baggage->as_string();
  }
  if (const json::Value* level = meta->find_string(mcp::kMetaLogLevel);
      level != nullptr && mcp::is_modern(call.version)) {
    call.log_level = mcp::parse_log_level(level->as_string());
  }
  const json::Value* token = meta->find("progressToken");
  if (token == nullptr) return;
  if (const auto id = mcp::RequestId::from(*token)) call.progress_token = id->to_json();
}

mcp::Answer refused(mcp::Failure failure, const Incoming& incoming) {
  return refusal(std::move(failure), incoming.version, incoming.message->id());
}

}  // namespace

std::shared_ptr<Call> Dispatcher::dispatch(Incoming incoming) {
  const std::string_view method = incoming.message->method();
  if (is_call(method)) return start_call(std::move(incoming));
  if (const auto limited = access_.count_request(incoming.principal, incoming.site, Clock::now())) {
    turn_away(incoming, EndedAs::kRateLimited, *limited);
  } else if (const auto kind = listed_kind(method)) {
    list(std::move(incoming), *kind);
  } else if (method == "server/discover" && mcp::is_modern(incoming.version)) {
    incoming.responder->answer(
        mcp::result_answer(incoming.message->id(), mcp::discover_result(server_info())));
  } else if (method == "ping" && !mcp::is_modern(incoming.version)) {
    incoming.responder->answer(mcp::result_answer(incoming.message->id(), "{}"));
  } else if (method == "logging/setLevel" && incoming.session) {
    set_log_level(std::move(incoming));
  } else if (method == "resources/subscribe" && incoming.session) {
    subscribe(std::move(incoming), true);
  } else if (method == "resources/unsubscribe" && incoming.session) {
    subscribe(std::move(incoming), false);
  } else if (method.starts_with("tasks/") && task_store_ != nullptr &&
             mcp::is_modern(incoming.version)) {
    serve_task(std::move(incoming));
  } else if (method == "subscriptions/listen" && mcp::is_modern(incoming.version)) {
    return listen(std::move(incoming));
  } else {
    incoming.responder->answer(refused(mcp::method_not_found(method), incoming));
  }
  return nullptr;
}

void Dispatcher::list(Incoming incoming, mcp::ItemKind kind) {
  auto page = list_page(*registry_.snapshot(), access_, incoming.principal, kind,
                        incoming.message->param("cursor"), incoming.version, server_info());
  if (const auto* failure = std::get_if<mcp::Failure>(&page)) {
    turn_away(incoming, EndedAs::kInvalid, *failure);
    return;
  }
  incoming.responder->answer(
      mcp::result_answer(incoming.message->id(), std::get<std::string>(page)));
}

void Dispatcher::set_log_level(Incoming incoming) {
  const json::Value* name = incoming.message->param("level");
  const auto level =
      name != nullptr && name->is_string() ? mcp::parse_log_level(name->as_string()) : std::nullopt;
  if (!level) {
    turn_away(incoming, EndedAs::kInvalid,
              mcp::invalid_params("Invalid params: level must be debug, info, notice, warning, "
                                  "error, critical, alert or emergency"));
    return;
  }
  incoming.session->log_level = level;
  incoming.responder->answer(mcp::result_answer(incoming.message->id(), "{}"));
}

std::shared_ptr<Call> Dispatcher::start_call(Incoming incoming) {
  if (const auto failure = audit_.refuse_all(Clock::now())) {
    incoming.responder->answer(refused(*failure, incoming));
    return nullptr;
  }
  Target target = find_target(*registry_.snapshot(), *incoming.message, incoming.version);
  const auto failure = std::move(target.failure);
  const EndedAs failed_as = target.is_unknown ? EndedAs::kUnknown : EndedAs::kInvalid;
  const bool has_no_completion = target.has_no_completion;
  const auto call = open(incoming, std::move(target));
  if (stopping_) {
    refuse(call, EndedAs::kStopped, stopping());
  } else if (!call->item) {
    refuse(call, failed_as, *failure);
  } else if (!refuse_caller(call, incoming.site)) {
    if (failure) {
      refuse(call, failed_as, *failure);
    } else if (has_no_completion) {
      call->end();
      conclude(call, {},
               mcp::result_answer(call->message->id(),
                                  mcp::no_completion(call->version, server_info().implementation)));
    }
  }
  if (call->has_ended() || refuse_load(call) || refuse_request(call, incoming.param_headers) ||
      refuse_invalid_arguments(call) || refuse_state(call)) {
    return nullptr;
  }
  if (call->may_be_task && call->item->task == registry::TaskMode::kAllowed) {
    become_task(call);
    return call->has_ended() ? nullptr : call;
  }
  return begin(call) ? call : nullptr;
}

bool Dispatcher::begin(const std::shared_ptr<Call>& call) {
  Lane& lane = lane_of(*call);
  const Clock::time_point now = Clock::now();
  if (const auto wait = lane.circuit().refuse(now)) {
    return !refuse(call, EndedAs::kBusy, left_alone(lane.plugin_id(), *wait));
  }
  if (!call->is_counted) {
    if (const auto limited = access_.enter(call->principal)) {
      return !refuse(call, EndedAs::kRateLimited, *limited);
    }
    call->is_counted = true;
  }
  call->intent_pending = audit_.wants_intent(*call);
  call->slot_free = false;
  if (!lane.admit(call)) {
    call->slot_free = true;
    return !refuse(call, EndedAs::kBusy,
                   mcp::overloaded("busy", "Plugin " + lane.plugin_id() + " is busy"));
  }
  lane.circuit().tried(now);
  call->is_begun = true;
  if (call->intent_pending) audit_.record_intent(call, access_.shared_rules());
  return true;
}

std::shared_ptr<Call> Dispatcher::open(Incoming& incoming, Target target) {
  auto call =
      std::make_shared<Call>(next_id_++, std::move(target.item), std::move(incoming.message));
  call->version = incoming.version;
  call->principal = std::move(incoming.principal);
  call->client = std::move(incoming.client);
  call->session = std::move(incoming.session);
  call->subject = target.subject;
  call->request_id = call->message->id().to_json();
  call->made_arguments = std::move(target.arguments);
  call->arguments = call->made_arguments;
  // A template's variables and a completion's value take the place of what a client calls so.
  const bool has_own = call->item == nullptr || call->item->kind == mcp::ItemKind::kTool ||
                       call->item->kind == mcp::ItemKind::kPrompt;
  if (call->arguments.empty() && has_own) call->arguments = call->message->param_text("arguments");
  if (call->arguments.empty()) call->arguments = "{}";
  read_meta(*call);
  call->arrived = Clock::now();
  call->transport = incoming.transport;
  call->address = incoming.address;
  if (call->item) {
    call->has_effects = has_effects(*call->item);
    call->may_be_task = task_store_ != nullptr && call->client.takes_tasks && call->is_tool() &&
                        call->item->task != registry::TaskMode::kNever;
    if (call->item->timeout.count() > 0) call->deadline = call->arrived + call->item->timeout;
  }
  call->counts = &counts_.of(call->item.get(), call->message->method());
  call->counts->in_flight.add(1);
  call->responder = std::move(incoming.responder);
  call->slot_free = true;
  live_.insert(call);
  ++unanswered_;
  arm_sweep();
  return call;
}

bool Dispatcher::refuse_caller(const std::shared_ptr<Call>& call, std::string_view site) {
  if (const auto limited = access_.count_request(call->principal, site, call->arrived)) {
    return refuse(call, EndedAs::kRateLimited, *limited);
  }
  if (!access_.may_use(call->principal, *call->item, call->subject)) {
    deny(call);
    return true;
  }
  const auto limited = access_.count_call(call->principal, *call->item, call->arrived);
  return limited && refuse(call, EndedAs::kRateLimited, *limited);
}

// Before anything that costs: what is refused because there is too much shall not add to it.
bool Dispatcher::refuse_load(const std::shared_ptr<Call>& call) {
  const auto failure = capacity_.enter(*call, call->arrived);
  return failure && refuse(call, EndedAs::kBusy, *failure);
}

void Dispatcher::deny(const std::shared_ptr<Call>& call) {
  const identity::Principal& principal = call->principal;
  const auto decision = explain(access_.rules(), principal.role, *call->item, call->subject);
  log_.info("call denied", {{"item", call->subject},
                            {"user", principal.name},
                            {"role", principal.role},
                            {"rule", decision.rule}});
  counts_.denied(principal.role);
  call->end();
  const std::string text = denial_text(principal, call->subject, decision);
  if (call->is_tool()) {
    conclude(call, {.as = EndedAs::kDenied, .rule = decision.rule},
             told_error(*call, text, mcp::kDenied, server_info()));
    return;
  }
  conclude(call, {.as = EndedAs::kDenied, .code = mcp::kDenied, .rule = decision.rule},
           mcp::to_answer(denied(text, decision.rule), call->message->id()));
}

bool Dispatcher::refuse_request(const std::shared_ptr<Call>& call,
                                const mcp::ParamHeaders* param_headers) {
  const json::Value* arguments = call->message->param("arguments");
  if (call->is_tool() && arguments != nullptr && !arguments->is_object()) {
    call->arguments = "{}";  // there are none
    return refuse(call, EndedAs::kInvalid,
                  mcp::invalid_params("Invalid params: arguments must be an object"));
  }
  if (const json::Value* meta = call->message->meta();
      meta != nullptr && mcp::is_modern(call->version) && !call->log_level &&
      meta->find(mcp::kMetaLogLevel) != nullptr) {
    return refuse(call, EndedAs::kInvalid,
                  mcp::invalid_params("Invalid params: _meta[\"" + std::string{mcp::kMetaLogLevel} +
                                      "\"] is no level"));
  }
  if (const auto lacking = call->item->client_features & ~call->client.features; lacking != 0) {
    return refuse(call, EndedAs::kInvalid, missing_capability(lacking, call->item->kind));
  }
  if (call->item->task == registry::TaskMode::kRequired && !call->may_be_task) {
    return refuse(call, EndedAs::kInvalid, missing_tasks_extension());
  }
  if (param_headers == nullptr) return false;
  const auto failure =
      mcp::check_param_headers(call->item->definition.header_bindings, arguments, *param_headers);
  return failure && refuse(call, EndedAs::kInvalid, *failure);
}

bool Dispatcher::refuse_invalid_arguments(const std::shared_ptr<Call>& call) {
  if (!call->item->input) return false;
  const json::Value empty{std::span<const json::Member>{}};
  const json::Value* arguments = call->message->param("arguments");
  const auto violation = call->item->input->validate(arguments == nullptr ? empty : *arguments);
  if (!violation) return false;
  call->end();
  conclude(call, {.as = EndedAs::kInvalid},
           told_error(*call, "Invalid arguments: " + violation->message, mcp::kInvalidParams,
                      server_info()));
  return true;
}

bool Dispatcher::refuse(const std::shared_ptr<Call>& call, EndedAs as,
                        const mcp::Failure& failure) {
  call->end();
  conclude(call, {.as = as, .code = failure.code},
           refusal(failure, call->version, call->message->id()));
  return true;
}

void Dispatcher::turn_away(Incoming& incoming, EndedAs as, const mcp::Failure& failure,
                           std::string_view subject) {
  refuse(open(incoming, {.subject = subject}), as, failure);
}

}  // namespace toolpost::call
