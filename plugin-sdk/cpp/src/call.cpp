// SPDX-License-Identifier: Apache-2.0
// Call over CallState; here the answer becomes a toolpost_outcome.
#include "call_state.hpp"

#include <toolpost/call.hpp>
#include <toolpost/contents.hpp>
#include <toolpost/prompt_result.hpp>
#include <toolpost/suggestions.hpp>

#include <algorithm>
#include <utility>

namespace toolpost::sdk {
namespace {

using detail::from_abi;

// One field of the request; empty once the host has taken it back.
std::string_view text_of(const detail::CallState* state, toolpost_str toolpost_request::*field) {
  const toolpost_request* request = state == nullptr ? nullptr : state->request();
  return request == nullptr ? std::string_view() : from_abi(request->*field);
}

Json parse_or_object(std::string_view text) {
  return text.empty() ? Json::object() : Json::parse(text);
}

toolpost_bytes bytes_of(const std::string& bytes) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

Status send(const detail::CallState& state, const Outcome& end, const std::string& payload,
            const std::vector<std::string>& parts) {
  std::vector<toolpost_bytes> blobs;
  blobs.reserve(parts.size());
  for (const std::string& part : parts) blobs.push_back(bytes_of(part));
  toolpost_outcome outcome{};
  outcome.struct_size = sizeof(outcome);
  outcome.status = static_cast<toolpost_status>(end.status());
  outcome.kind = end.needs_input() ? TOOLPOST_OUTCOME_INPUT_REQUIRED : TOOLPOST_OUTCOME_COMPLETE;
  outcome.rpc_code = end.rpc_code();
  outcome.payload = detail::to_abi(payload);
  outcome.message = detail::to_abi(end.message());
  outcome.resume_state = bytes_of(end.state());
  outcome.blobs = blobs.data();
  outcome.blob_count = blobs.size();
  return static_cast<Status>(state.link().complete(state.id(), outcome));
}

}  // namespace

Call::Call(std::shared_ptr<detail::CallState> state) noexcept : state_(std::move(state)) {}

Call& Call::operator=(Call&& other) noexcept {
  if (this == &other) return *this;
  abandon();
  state_ = std::move(other.state_);
  arguments_ = std::move(other.arguments_);
  meta_ = std::move(other.meta_);
  answers_ = std::move(other.answers_);
  return *this;
}

Call::~Call() {
  abandon();
}

void Call::abandon() noexcept {
  if (state_ == nullptr || state_->leave_to_barrier() || !state_->begin_finish()) return;
  state_->link().fail(state_->id(), TOOLPOST_E_INTERNAL, "the plugin dropped the call unanswered");
}

std::string_view Call::name() const noexcept {
  return text_of(state_.get(), &toolpost_request::key);
}

std::string_view Call::arguments_text() const noexcept {
  return text_of(state_.get(), &toolpost_request::arguments);
}

std::string_view Call::meta_text() const noexcept {
  return text_of(state_.get(), &toolpost_request::meta);
}

std::string_view Call::client_text() const noexcept {
  return text_of(state_.get(), &toolpost_request::client);
}

const Json& Call::arguments() const {
  if (!arguments_) arguments_ = parse_or_object(arguments_text());
  return *arguments_;
}

const Json& Call::meta() const {
  if (!meta_) meta_ = parse_or_object(meta_text());
  return *meta_;
}

std::string Call::argument(std::string_view name) const {
  return arguments().value_or(name, "");
}

const Json& Call::answers() const {
  if (!answers_) {
    answers_ = parse_or_object(text_of(state_.get(), &toolpost_request::input_responses));
  }
  return *answers_;
}

std::optional<Answer> Call::answer(std::string_view key) const {
  const Json* found = answers().find(key);
  if (found == nullptr) return std::nullopt;
  return Answer(*found);
}

Caller Call::caller() const noexcept {
  const toolpost_request* request = state_ == nullptr ? nullptr : state_->request();
  if (request == nullptr || request->caller == nullptr) return {};
  const toolpost_caller& caller = *request->caller;
  return {from_abi(caller.principal), from_abi(caller.role), from_abi(caller.client_id),
          from_abi(caller.request_id), from_abi(caller.traceparent)};
}

unsigned Call::round() const noexcept {
  const toolpost_request* request = state_ == nullptr ? nullptr : state_->request();
  return request == nullptr ? 0 : request->round;
}

std::string_view Call::state() const noexcept {
  const toolpost_request* request = state_ == nullptr ? nullptr : state_->request();
  if (request == nullptr || request->resume_state.size == 0) return {};
  return {reinterpret_cast<const char*>(request->resume_state.data), request->resume_state.size};
}

bool Call::has_feature(std::uint32_t feature) const noexcept {
  const toolpost_request* request = state_ == nullptr ? nullptr : state_->request();
  return request != nullptr && (request->client_features & feature) != 0;
}

bool Call::is_cancelled() const noexcept {
  return is_completed() || state_->link().is_cancelled(state_->id());
}

std::optional<std::chrono::milliseconds> Call::remaining() const noexcept {
  if (is_completed()) return std::chrono::milliseconds(0);
  const std::int64_t left = state_->link().remaining_ms(state_->id());
  if (left < 0) return std::nullopt;
  return std::chrono::milliseconds(left);
}

void Call::progress(double done, double total, std::string_view text) const noexcept {
  if (!is_completed()) state_->link().progress(state_->id(), done, total, text);
}

void Call::log(Severity severity, std::string_view text) const noexcept {
  if (state_ != nullptr) state_->link().log(is_completed() ? 0 : state_->id(), severity, text);
}

void Call::on_cancel(std::function<void()> callback) const {
  if (!is_completed()) state_->on_cancel(std::move(callback));
}

// `sender` gives the state what completes it; what the payload needs of the request has to be taken
// before.
template <class Sender>
Status Call::finish(Sender sender) noexcept {
  if (state_ == nullptr) return Status::kState;
  if (!state_->begin_finish()) {
    state_->link().log(0, Severity::kWarn, "a call was completed twice; the second result is lost");
    return Status::kState;
  }
  try {
    return sender(*state_);
  } catch (...) {  // no memory for the payload: the call must end all the same
    state_->link().fail(state_->id(), TOOLPOST_E_LIMIT, "no memory for the result");
    return Status::kLimit;
  }
}

Status Call::complete(const Result& result) noexcept {
  return finish([&](const detail::CallState& state) {
    return send(state, result.outcome(), result.payload(), result.blobs());
  });
}

Status Call::complete(const Contents& contents) noexcept {
  const std::string_view uri = this->uri();  // gone once the call counts as completed
  return finish([&](const detail::CallState& state) {
    return send(state, contents.outcome(), contents.payload(uri, state.mime_type()),
                contents.blobs());
  });
}

Status Call::complete(const PromptResult& result) noexcept {
  return finish([&](const detail::CallState& state) {
    return send(state, result.outcome(), result.payload(), result.blobs());
  });
}

Status Call::complete(const Suggestions& suggestions) noexcept {
  return finish([&](const detail::CallState& state) {
    return send(state, Outcome(), suggestions.payload(), {});
  });
}

bool Call::is_completed() const noexcept {
  return state_ == nullptr || state_->is_finished();
}

}  // namespace toolpost::sdk
