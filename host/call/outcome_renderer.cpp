// SPDX-License-Identifier: Apache-2.0
#include "call/outcome_renderer.hpp"

#include "call/client_facts.hpp"
#include "call/target.hpp"
#include "json/parser.hpp"
#include "json/raw.hpp"
#include "mcp/item_results.hpp"
#include "mcp/tool_result.hpp"

#include <toolpost/plugin.h>

namespace toolpost::call {
namespace {

// Reserved by JSON-RPC; a plugin may use any code outside.
constexpr int kReservedLow = -32768;
constexpr int kReservedHigh = -32000;

constexpr json::Limits kResultLimits{.depth = 128, .members = 100'000};

mcp::Answer internal_error(const Call& call) {
  return mcp::to_answer({.code = mcp::kInternalError,
                         .message = "Internal error: the plugin gave an invalid result",
                         .data = {}},
                        call.message->id());
}

bool is_read(const Call& call) {
  return call.item->kind == mcp::ItemKind::kResource || call.item->kind == mcp::ItemKind::kTemplate;
}

int code_for(std::int32_t status) {
  switch (status) {
    case TOOLPOST_E_INVALID:
    case TOOLPOST_E_NOT_FOUND:
      return mcp::kInvalidParams;
    case TOOLPOST_E_DENIED:
      return mcp::kDenied;
    case TOOLPOST_E_UNAVAILABLE:
      return mcp::kOverloaded;
    default:
      return mcp::kInternalError;
  }
}

std::string_view words_for(std::int32_t status) {
  switch (status) {
    case TOOLPOST_E_INVALID:
      return "Invalid params";
    case TOOLPOST_E_NOT_FOUND:
      return "Not found";
    case TOOLPOST_E_DENIED:
      return "Denied";
    case TOOLPOST_E_CANCELLED:
      return "The plugin cancelled the call";
    case TOOLPOST_E_DEADLINE:
      return "The plugin ran out of time";
    case TOOLPOST_E_UNAVAILABLE:
      return "Temporarily unavailable";
    case TOOLPOST_E_LIMIT:
      return "A limit was passed";
    default:
      return "Internal error";
  }
}

// The payload of a failure is its data. What is no JSON is left out: the caller still learns that
// and why the call failed.
std::string read_error_data(const Outcome& outcome, mcp::Failure& failure) {
  if (outcome.payload.empty()) return {};
  if (const auto document = json::parse(outcome.payload, kResultLimits); !document) {
    return "error data: " + document.error().message();
  }
  json::append_compact(failure.data, outcome.payload);
  return {};
}

Rendered render_failure(const Call& call, const Outcome& outcome) {
  const bool own_code = outcome.rpc_code != 0 &&
                        (outcome.rpc_code < kReservedLow || outcome.rpc_code > kReservedHigh);
  mcp::Failure failure;
  failure.code = own_code ? outcome.rpc_code : code_for(outcome.status);
  failure.message =
      outcome.message.empty() ? std::string{words_for(outcome.status)} : outcome.message;
  std::string complaint = read_error_data(outcome, failure);
  // The data of these two is the protocol's and the host's own.
  if (!own_code && outcome.status == TOOLPOST_E_UNAVAILABLE) {
    failure = mcp::overloaded("plugin", std::move(failure.message));
  }
  if (!own_code && outcome.status == TOOLPOST_E_NOT_FOUND && is_read(call)) {
    failure = resource_not_found(call.subject, call.version);
  }
  return {mcp::to_answer(failure, call.message->id()),
          std::move(complaint),
          {EndedAs::kError, failure.code}};
}

Rendered complain(const Call& call, std::string complaint) {
  return {internal_error(call), std::move(complaint), {EndedAs::kError, mcp::kInternalError}};
}

bool is_tool_error(const json::Value& result) {
  const json::Value* is_error = result.find("isError");
  return is_error != nullptr && is_error->is_bool() && is_error->as_bool();
}

// Why the result is not what the tool has declared.
std::optional<std::string> check_output(const Call& call, const json::Value& result) {
  if (!call.item->output) return std::nullopt;
  if (is_tool_error(result)) return std::nullopt;
  const json::Value* structured = result.find("structuredContent");
  if (structured == nullptr) return "result: structuredContent is missing (outputSchema)";
  if (const auto violation = call.item->output->validate(*structured)) {
    return "result: structuredContent: " + violation->message;
  }
  return std::nullopt;
}

// Roles decide who may read, so only where there are none may a shared cache have it; and what took
// answers of a client's is that client's, this once.
mcp::CacheRules cache_rules(const Call& call) {
  return {.may_keep = call.round == 0, .may_share = call.principal.name == identity::kLocal};
}

Result<std::string> render_result(const Call& call, std::string_view payload,
                                  const json::Value& result, const mcp::ServerInfo& info) {
  switch (call.item->kind) {
    case mcp::ItemKind::kTool:
      return mcp::render_tool_result(payload, result, call.item->definition.object_output,
                                     call.version, info.implementation);
    case mcp::ItemKind::kPrompt:
      return mcp::render_prompt_result(payload, result, call.version, info.implementation);
    case mcp::ItemKind::kCompletion:
      return mcp::render_completion_result(payload, result, call.version, info.implementation);
    default:
      return mcp::render_read_result(payload, result, cache_rules(call), call.version,
                                     info.implementation);
  }
}

Rendered render_complete(const Call& call, const Outcome& outcome, const json::Document& document,
                         const mcp::ServerInfo& info) {
  if (auto wrong = check_output(call, document.root())) return complain(call, std::move(*wrong));
  const std::string_view payload = outcome.payload;
  std::string substituted;
  json::Document substituted_document;
  const json::Value* result = &document.root();
  std::string_view text = payload;
  if (!outcome.blobs.empty()) {
    auto replaced = mcp::substitute_blobs(payload, *result, outcome.blobs);
    if (!replaced) return complain(call, replaced.error().message());
    substituted = std::move(*replaced);
    auto parsed = json::parse(substituted, kResultLimits);
    if (!parsed) return complain(call, parsed.error().message());
    substituted_document = std::move(*parsed);
    result = &substituted_document.root();
    text = substituted;
  }
  auto rendered = render_result(call, text, *result, info);
  if (!rendered) return complain(call, rendered.error().message());
  const bool failed = call.is_tool() && is_tool_error(*result);
  return {mcp::result_answer(call.message->id(), *rendered),
          {},
          {failed ? EndedAs::kToolError : EndedAs::kOk}};
}

std::uint32_t feature_of(mcp::InputKind kind) {
  switch (kind) {
    case mcp::InputKind::kForm:
      return TOOLPOST_CLIENT_ELICIT_FORM;
    case mcp::InputKind::kUrl:
      return TOOLPOST_CLIENT_ELICIT_URL;
    case mcp::InputKind::kSampling:
      return TOOLPOST_CLIENT_SAMPLING;
    case mcp::InputKind::kRoots:
      return TOOLPOST_CLIENT_ROOTS;
  }
  return 0;
}

// A client is asked only what it has said that it can answer.
std::optional<Rendered> refuse_questions(const Call& call,
                                         const std::vector<mcp::InputRequest>& requests,
                                         const mcp::ServerInfo& info) {
  std::uint32_t lacking = 0;
  bool lacks_tools = false;
  for (const mcp::InputRequest& request : requests) {
    lacking |= feature_of(request.kind) & ~call.client.features;
    lacks_tools = lacks_tools || (request.has_tools && !takes_sampling_tools(call.client));
  }
  if (lacking == 0 && !lacks_tools) return std::nullopt;
  const mcp::Failure failure =
      lacking != 0 ? missing_capability(lacking, call.item->kind) : missing_sampling_tools();
  if (mcp::is_modern(call.version)) {
    return Rendered{
        mcp::to_answer(failure, call.message->id()), {}, {EndedAs::kError, failure.code}};
  }
  return Rendered{told_error(call, failure.message, failure.code, info),
                  {},
                  {call.is_tool() ? EndedAs::kToolError : EndedAs::kError, failure.code}};
}

Rendered render_questions(const Call& call, const Outcome& outcome, const json::Document& document,
                          const RenderContext& context) {
  if (call.item->kind == mcp::ItemKind::kCompletion) {
    return complain(call, "result: a completion cannot ask for input");
  }
  if (call.round + 1 >= kMaxRounds) return complain(call, "result: asks for input too often");
  auto requests = mcp::read_input_requests(outcome.payload, document.root());
  if (!requests) return complain(call, requests.error().message());
  if (requests->empty() && outcome.resume_state.empty()) {
    return complain(call, "result: asks for input without a question or a state");
  }
  if (auto refused = refuse_questions(call, *requests, *context.info)) return std::move(*refused);
  if (asks_later(call)) {
    Rendered rendered{{}, {}, {EndedAs::kInputRequired}};
    rendered.questions.answers.resize(requests->size());
    rendered.questions.requests = std::move(*requests);
    rendered.questions.resume_state = outcome.resume_state;
    return rendered;
  }
  auto answer = sealed_questions(call, *requests, outcome.resume_state, context);
  if (!answer) return complain(call, "result: " + answer.error().message());
  return {std::move(*answer), {}, {EndedAs::kInputRequired}};
}

}  // namespace

bool asks_later(const Call& call) noexcept {
  return !mcp::is_modern(call.version) || call.may_be_task;
}

Result<mcp::Answer> sealed_questions(const Call& call,
                                     const std::vector<mcp::InputRequest>& requests,
                                     std::string_view resume_state, const RenderContext& context) {
  if (context.seal_keys == nullptr) {
    return Error{Errc::kUnsupported, "this host has no keys to seal a state"};
  }
  const auto state = seal_state(
      *context.seal_keys, state_owner(call),
      {.round = call.round, .asked = requests, .resume_state = std::string{resume_state}},
      identity::unix_now());
  if (!state) return state.error();
  return mcp::result_answer(
      call.message->id(),
      mcp::input_required_result(requests, *state, context.info->implementation));
}

Rendered render_outcome(const Call& call, const Outcome& outcome, const RenderContext& context) {
  if (outcome.status != TOOLPOST_OK) return render_failure(call, outcome);
  auto document = json::parse(outcome.payload, kResultLimits);
  if (!document) return complain(call, "result: " + document.error().message());
  return outcome.kind == TOOLPOST_OUTCOME_COMPLETE
             ? render_complete(call, outcome, *document, *context.info)
             : render_questions(call, outcome, *document, context);
}

StateOwner state_owner(const Call& call) {
  return {.owner = call.principal.owner(),
          .method = call.message->method(),
          .subject = call.subject,
          .arguments = call.arguments};
}

mcp::Answer told_error(const Call& call, std::string_view message, int code,
                       const mcp::ServerInfo& info) {
  const mcp::RequestId& id = call.message->id();
  if (call.is_tool()) {
    return mcp::result_answer(id,
                              mcp::render_tool_error(message, call.version, info.implementation));
  }
  return mcp::to_answer({.code = code, .message = std::string{message}}, id);
}

}  // namespace toolpost::call
