// SPDX-License-Identifier: Apache-2.0
// The half of Dispatcher that decides whether a request may become a call, in the order of the
// checks that a caller can rely on: audit, name, rate and role, form, schema, slot.
#include "call/client_facts.hpp"
#include "call/dispatcher.hpp"
#include "call/refusal.hpp"
#include "mcp/traceparent.hpp"

namespace toolpost::call {
namespace {

constexpr std::size_t kToolsPerPage = 250;

// Read-only by the word of a plugin that is trusted, and nothing beyond this machine is asked.
bool has_effects(const registry::Tool& tool) {
  return !tool.trusted || !tool.traits.read_only || tool.traits.open_world;
}

void read_meta(Call& call) {
  const json::Value* meta = call.message->meta();
  call.meta = meta == nullptr ? std::string_view{"{}"} : call.message->param_text("_meta");
  if (meta == nullptr) return;
  if (const json::Value* trace = meta->find_string("traceparent")) {
    call.traceparent = mcp::read_traceparent(trace->as_string());
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
  if (method == "tools/call") return call_tool(std::move(incoming));
  if (const auto limited = access_.count_request(incoming.principal, incoming.site, Clock::now())) {
    incoming.responder->answer(refused(*limited, incoming));
  } else if (method == "tools/list") {
    list_tools(std::move(incoming));
  } else if (method == "server/discover" && mcp::is_modern(incoming.version)) {
    incoming.responder->answer(
        mcp::result_answer(incoming.message->id(), mcp::discover_result(server_info_)));
  } else if (method == "ping" && !mcp::is_modern(incoming.version)) {
    incoming.responder->answer(mcp::result_answer(incoming.message->id(), "{}"));
  } else {
    incoming.responder->answer(refused(mcp::method_not_found(method), incoming));
  }
  return nullptr;
}

void Dispatcher::list_tools(Incoming incoming) {
  const mcp::RequestId& id = incoming.message->id();
  std::string after;
  if (const json::Value* cursor = incoming.message->param("cursor")) {
    auto name = cursor->is_string() ? mcp::read_cursor(cursor->as_string()) : std::nullopt;
    if (!name) {
      refuse(open(incoming, nullptr), EndedAs::kInvalid,
             mcp::invalid_params("Invalid params: cursor is not one of this server"));
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
  if (const auto failure = audit_.refuse_all(Clock::now())) {
    incoming.responder->answer(refused(*failure, incoming));
    return nullptr;
  }
  const json::Value* name = incoming.message->param("name");
  const bool has_name = name != nullptr && name->is_string();
  const auto call =
      open(incoming, has_name ? registry_.snapshot()->find_tool(name->as_string()) : nullptr);
  if (stopping_) {
    refuse(call, EndedAs::kStopped, stopping());
  } else if (!has_name) {
    refuse(call, EndedAs::kInvalid, mcp::invalid_params("Invalid params: name is required"));
  } else if (!call->tool) {
    refuse(call, EndedAs::kUnknown,
           mcp::invalid_params("Unknown tool: " + std::string{name->as_string()}));
  }
  if (call->has_ended() || refuse_caller(call, incoming.site) ||
      refuse_request(call, incoming.param_headers) || refuse_invalid_arguments(call)) {
    return nullptr;
  }
  if (const auto limited = access_.enter(call->principal)) {
    refuse(call, EndedAs::kRateLimited, *limited);
    return nullptr;
  }
  call->is_counted = true;
  call->intent_pending = audit_.wants_intent(*call);
  call->slot_free = false;
  if (!lanes_[call->tool->lane]->admit(call)) {
    call->slot_free = true;
    refuse(call, EndedAs::kBusy,
           mcp::overloaded("busy", "Plugin " + call->tool->plugin_id + " is busy"));
    return nullptr;
  }
  if (call->intent_pending) audit_.record_intent(call, access_.shared_rules());
  return call;
}

std::shared_ptr<Call> Dispatcher::open(Incoming& incoming,
                                       std::shared_ptr<const registry::Tool> tool) {
  auto call = std::make_shared<Call>(next_id_++, std::move(tool), std::move(incoming.message));
  call->version = incoming.version;
  call->principal = std::move(incoming.principal);
  call->client = std::move(incoming.client);
  call->request_id = call->message->id().to_json();
  const std::string_view arguments = call->message->param_text("arguments");
  call->arguments = arguments.empty() ? std::string_view{"{}"} : arguments;
  read_meta(*call);
  call->arrived = Clock::now();
  call->transport = incoming.transport;
  call->address = incoming.address;
  if (call->tool) {
    call->has_effects = has_effects(*call->tool);
    if (call->tool->timeout.count() > 0) call->deadline = call->arrived + call->tool->timeout;
  }
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
  if (!access_.may_use(call->principal, *call->tool)) {
    deny(call);
    return true;
  }
  const auto limited = access_.count_call(call->principal, *call->tool, call->arrived);
  return limited && refuse(call, EndedAs::kRateLimited, *limited);
}

void Dispatcher::deny(const std::shared_ptr<Call>& call) {
  const identity::Principal& principal = call->principal;
  const auto decision = access_.rules().explain_tool(principal.role, facts_of(*call->tool));
  log_.info("call denied", {{"tool", call->tool->name},
                            {"user", principal.name},
                            {"role", principal.role},
                            {"rule", decision.rule}});
  call->end();
  conclude(call, {.as = EndedAs::kDenied, .rule = decision.rule},
           tool_error(*call, denial_text(principal, call->tool->name, decision), server_info_));
}

bool Dispatcher::refuse_request(const std::shared_ptr<Call>& call,
                                const mcp::ParamHeaders* param_headers) {
  const json::Value* arguments = call->message->param("arguments");
  if (arguments != nullptr && !arguments->is_object()) {
    call->arguments = "{}";  // there are none
    return refuse(call, EndedAs::kInvalid,
                  mcp::invalid_params("Invalid params: arguments must be an object"));
  }
  if (const auto lacking = call->tool->client_features & ~call->client.features; lacking != 0) {
    return refuse(call, EndedAs::kInvalid, missing_capability(lacking));
  }
  if (param_headers == nullptr) return false;
  const auto failure =
      mcp::check_param_headers(call->tool->definition.header_bindings, arguments, *param_headers);
  return failure && refuse(call, EndedAs::kInvalid, *failure);
}

bool Dispatcher::refuse_invalid_arguments(const std::shared_ptr<Call>& call) {
  const json::Value empty{std::span<const json::Member>{}};
  const json::Value* arguments = call->message->param("arguments");
  const auto violation = call->tool->input.validate(arguments == nullptr ? empty : *arguments);
  if (!violation) return false;
  call->end();
  conclude(call, {.as = EndedAs::kInvalid},
           tool_error(*call, "Invalid arguments: " + violation->message, server_info_));
  return true;
}

bool Dispatcher::refuse(const std::shared_ptr<Call>& call, EndedAs as,
                        const mcp::Failure& failure) {
  call->end();
  conclude(call, {.as = as, .code = failure.code},
           refusal(failure, call->version, call->message->id()));
  return true;
}

}  // namespace toolpost::call
