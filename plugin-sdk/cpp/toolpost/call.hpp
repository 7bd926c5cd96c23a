// SPDX-License-Identifier: Apache-2.0
// One invocation of a tool: what was asked, by whom, and the way to answer.
#pragma once

#include <toolpost/json.hpp>
#include <toolpost/result.hpp>
#include <toolpost/severity.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace toolpost::sdk {

namespace detail {
class CallState;
}

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

  // The tool's name.
  std::string_view name() const noexcept;
  // The arguments, checked against the input schema by the host. Parsed at the first use.
  const Json& arguments() const;
  std::string_view arguments_text() const noexcept;
  // The request's _meta as received, parsed at the first use.
  const Json& meta() const;
  std::string_view meta_text() const noexcept;
  // JSON about the client (protocolVersion, clientInfo, capabilities). It says this of itself.
  std::string_view client_text() const noexcept;
  Caller caller() const noexcept;

  // A handler that asked with Result::input_required() runs again with the answers.
  unsigned round() const noexcept;
  Json input_responses() const;
  std::string_view resume_state() const noexcept;

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
  void log(Severity severity, std::string_view text) const noexcept;

  // Runs `callback` once when the call is cancelled or its deadline passes; at once, on this
  // thread, when that has happened already; never when the Call completes first. It runs on a
  // thread of the host: it must not block, and it may run while complete() does, so let it own what
  // it touches. May be called several times; the callbacks run in that order.
  void on_cancel(std::function<void()> callback) const;

  // Answers and ends the Call. Only the first completion counts; a second is logged and gives
  // kState. Otherwise the host's verdict on shape and size: kOk, or kLimit when the result was too
  // large (the client then got that as an error). Never throws.
  Status complete(const Result& result) noexcept;
  bool is_completed() const noexcept;

 private:
  friend class Policy;
  friend class Users;

  bool has_feature(std::uint32_t feature) const noexcept;
  void abandon() noexcept;

  std::shared_ptr<detail::CallState> state_;
  mutable std::optional<Json> arguments_;
  mutable std::optional<Json> meta_;
};

}  // namespace toolpost::sdk
