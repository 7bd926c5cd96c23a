// SPDX-License-Identifier: Apache-2.0
// The seam between calls and plugins. Backend is where a plugin runs (in this process, later in a
// sandboxed child); HostServices is what comes back from it.
#pragma once

#include "call/call.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::call {

// What a plugin gave as the end of a call; a copy, nothing of it belongs to the plugin.
struct Outcome {
  std::int32_t status = 0;  // TOOLPOST_OK or an error
  std::int32_t kind = 0;    // TOOLPOST_OUTCOME_*
  std::int32_t rpc_code = 0;
  std::string payload{};
  std::string message{};
  std::vector<std::string> blobs{};
  std::string resume_state{};  // with TOOLPOST_OUTCOME_INPUT_REQUIRED
};

// Called on the I/O thread; never blocks.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual void invoke(const std::shared_ptr<Call>& call) = 0;
  // The client no longer waits; the plugin is told and still owes its completion.
  virtual void cancel(const std::shared_ptr<Call>& call) = 0;
  // The first client has subscribed to a resource of the plugin's, or the last one has gone.
  virtual void interest(const std::string& uri, bool on) = 0;
};

// Callable from any thread; never blocks.
class HostServices {
 public:
  virtual ~HostServices() = default;
  virtual void completed(std::shared_ptr<Call> call, Outcome outcome) = 0;
  // New progress waits in call->progress.
  virtual void progressed(std::shared_ptr<Call> call) = 0;
  // New log messages wait in call->notes.
  virtual void noted(std::shared_ptr<Call> call) = 0;
  // A resource of that plugin has changed.
  virtual void resource_updated(std::string_view uri, std::string_view plugin_id) = 0;
  // on_call has returned, later than the completion.
  virtual void frame_left(std::shared_ptr<Call> call) = 0;
};

}  // namespace toolpost::call
