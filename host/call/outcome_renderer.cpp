// SPDX-License-Identifier: Apache-2.0
#include "call/outcome_renderer.hpp"

#include "json/parser.hpp"
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

Rendered render_failure(const Call& call, const Outcome& outcome) {
  const bool own_code = outcome.rpc_code != 0 &&
                        (outcome.rpc_code < kReservedLow || outcome.rpc_code > kReservedHigh);
  mcp::Failure failure;
  failure.code = own_code ? outcome.rpc_code : code_for(outcome.status);
  failure.message =
      outcome.message.empty() ? std::string{words_for(outcome.status)} : outcome.message;
  if (!own_code && outcome.status == TOOLPOST_E_UNAVAILABLE) {
    failure = mcp::overloaded("plugin", std::move(failure.message));
  }
  return {mcp::to_answer(failure, call.message->id()), {}, {EndedAs::kError, failure.code}};
}

Rendered complain(const Call& call, std::string complaint) {
  return {internal_error(call), std::move(complaint), {EndedAs::kError, mcp::kInternalError}};
}

bool is_tool_error(const json::Value& result) {
  const json::Value* is_error = result.find("isError");
  return is_error != nullptr && is_error->is_bool() && is_error->as_bool();
}

std::optional<std::string> check_output(const Call& call, const json::Value& result) {
  if (!call.tool->output) return std::nullopt;
  if (is_tool_error(result)) return std::nullopt;
  const json::Value* structured = result.find("structuredContent");
  if (structured == nullptr) return "result: structuredContent is missing (outputSchema)";
  if (const auto violation = call.tool->output->validate(*structured)) {
    return "result: structuredContent: " + violation->message;
  }
  return std::nullopt;
}

}  // namespace

Rendered render_outcome(const Call& call, const Outcome& outcome, const mcp::ServerInfo& info) {
  if (outcome.status != TOOLPOST_OK) return render_failure(call, outcome);
  if (outcome.kind != TOOLPOST_OUTCOME_COMPLETE) {
    return complain(call, "the plugin asked for input, which this host does not serve yet");
  }
  auto document = json::parse(outcome.payload, kResultLimits);
  if (!document) return complain(call, "result: " + document.error().message());
  if (auto wrong = check_output(call, document->root())) return complain(call, std::move(*wrong));

  const std::string_view payload = outcome.payload;
  std::string substituted;
  json::Document substituted_document;
  const json::Value* result = &document->root();
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
  auto rendered = mcp::render_tool_result(text, *result, call.tool->definition.object_output,
                                          call.version, info.implementation);
  if (!rendered) return complain(call, rendered.error().message());
  return {mcp::result_answer(call.message->id(), *rendered),
          {},
          {is_tool_error(*result) ? EndedAs::kToolError : EndedAs::kOk}};
}

mcp::Answer tool_error(const Call& call, std::string_view message, const mcp::ServerInfo& info) {
  return tool_error(call.message->id(), call.version, message, info);
}

mcp::Answer tool_error(const mcp::RequestId& id, mcp::Version version, std::string_view message,
                       const mcp::ServerInfo& info) {
  return mcp::result_answer(id, mcp::render_tool_error(message, version, info.implementation));
}

}  // namespace toolpost::call
