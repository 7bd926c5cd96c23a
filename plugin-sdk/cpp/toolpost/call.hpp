// SPDX-License-Identifier: Apache-2.0
// One invocation of a tool, a prompt, a resource or a completion: what was asked, by whom, and the
// way to answer.
#pragma once

#include <toolpost/answer.hpp>
#include <toolpost/json.hpp>
#include <toolpost/result.hpp>
#include <toolpost/severity.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::sdk {

namespace detail {
class CallState;
}

class Contents;
class PromptResult;
class Suggestions;

// Who is asking. Never a credential. The views live as long as the Call's request (see Call).
struct Caller {
  std::string_view principal;  // stable subject id; empty = anonymous
  std::string_view role;
  std::string_view client_id;
  std::string_view request_id;   // for logs
  std::string_view traceparent;  // W3C trace context
};

// Owned by the handler: passed by value to an asynchronous one, which may move it to any thread and
// must end it with complete(); a Call that is dropped unanswered completes itself with kInternal.
//
// Threads: progress(), log(), is_cancelled(), remaining(), on_cancel() may be called by any thread
// at any time, also at once. Everything else is for the one thread that holds the Call. Lifetime:
// every string_view and reference handed out is valid until complete() returns. Move or end all
// Calls before the plugin's stop() returns, or soon after; what is left is inert after destroy.
class Call {
 public:
  explicit Call(std::shared_ptr<detail::CallState> state) noexcept;
  Call(Call&& other) noexcept = default;
  // Completes the Call that is overwritten, as the destructor does.
  Call& operator=(Call&& other) noexcept;
  ~Call();

  // The name of the tool or prompt.
  std::string_view name() const noexcept;

  // The URI that is read, as the client wrote it.
  std::string_view uri() const noexcept { return name(); }

  // The arguments, checked against the input schema by the host. Parsed at the first use.
  const Json& arguments() const;
  // One that is a text, as all are of prompts and of the variables of templates; empty when it is
  // absent.
  std::string argument(std::string_view name) const;
  std::string_view arguments_text() const noexcept;
  // The request's _meta as received, parsed at the first use.
  const Json& meta() const;
  std::string_view meta_text() const noexcept;
  // JSON about the client (protocolVersion, clientInfo, capabilities). It says this of itself.
  std::string_view client_text() const noexcept;
  Caller caller() const noexcept;

  // A handler that answered with InputRequired runs again with what the client said: round() is
  // then 1, 2, ..., and state() what InputRequired::state() was given.
  unsigned round() const noexcept;
  std::string_view state() const noexcept;
  // The client's answer to the question of this key; none when it has not been asked or answered.
  std::optional<Answer> answer(std::string_view key) const;
  // All of them: {"KEY": {...}}. Parsed at the first use.
  const Json& answers() const;

  bool can_elicit_form() const noexcept { return has_feature(TOOLPOST_CLIENT_ELICIT_FORM); }

  bool can_elicit_url() const noexcept { return has_feature(TOOLPOST_CLIENT_ELICIT_URL); }

  bool can_sample() const noexcept { return has_feature(TOOLPOST_CLIENT_SAMPLING); }

  bool can_list_roots() const noexcept { return has_feature(TOOLPOST_CLIENT_ROOTS); }

  // True after a cancellation, after the deadline, and once the Call is completed.
  bool is_cancelled() const noexcept;
  // Time left, never negative; empty = no deadline.
  std::optional<std::chrono::milliseconds> remaining() const noexcept;
  // `total` <= 0 means unknown. Call it as often as you like, the host thins it out.
  void progress(double done, double total = 0, std::string_view text = {}) const noexcept;
  // For the operator's log; also for the client, if it asked for lines as grave as this one.
  void log(Severity severity, std::string_view text) const noexcept;

  // Runs `callback` once when the call is cancelled or its deadline passes; at once, on this
  // thread, when that has happened already; never when the Call completes first. It runs on a
  // thread of the host: it must not block, and it may run while complete() does, so let it own what
  // it touches. May be called several times; the callbacks run in that order.
  void on_cancel(std::function<void()> callback) const;

  // Answers and ends the Call. Only the first completion counts; a second is logged and gives
  // kState. Otherwise the host's verdict on shape and size: kOk, or kLimit when the result was too
  // large (the client then got that as an error). Never throws.
  // Each kind of item has its own kind of answer.
  Status complete(const Result& result) noexcept;
  Status complete(const Contents& contents) noexcept;
  Status complete(const PromptResult& result) noexcept;
  Status complete(const Suggestions& suggestions) noexcept;
  bool is_completed() const noexcept;

 private:
  friend class Policy;
  friend class Users;

  bool has_feature(std::uint32_t feature) const noexcept;
  void abandon() noexcept;
  template <class Sender>
  Status finish(Sender sender) noexcept;

  std::shared_ptr<detail::CallState> state_;
  mutable std::optional<Json> arguments_;
  mutable std::optional<Json> meta_;
  mutable std::optional<Json> answers_;
};

}  // namespace toolpost::sdk
