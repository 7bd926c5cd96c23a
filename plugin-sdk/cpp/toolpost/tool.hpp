// SPDX-License-Identifier: Apache-2.0
// The description of one tool and the function behind it. A plain value, given to Plugin::add().
#pragma once

#include <toolpost/call.hpp>
#include <toolpost/plugin.h>
#include <toolpost/schema.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace toolpost::sdk {

class Tool {
 public:
  // Both run on a worker thread of the host, several at once, and may block. A thrown Error becomes
  // its status and message, anything else kInternal with a message that tells nothing.
  using Handler = std::function<Result(const Call&)>;
  // Takes the Call along and completes it now or later, from any thread. What it throws is answered
  // only while it still holds the Call; a Call that was moved away is the new owner's to complete.
  using AsyncHandler = std::function<void(Call)>;

  explicit Tool(std::string name);

  // Shown to people, and to the model.
  Tool& title(std::string text);
  Tool& description(std::string text);
  // Without an input schema the tool takes no arguments.
  Tool& input(const Schema& schema);
  Tool& input_json(std::string_view schema);
  // What structured content looks like; the host checks every result against it.
  Tool& output(const Schema& schema);
  Tool& output_json(std::string_view schema);

  // Without any of these: changes things, but does not destroy, and stays on this machine.
  Tool& read_only();
  Tool& destructive();
  Tool& idempotent();
  Tool& open_world();    // asks the network or other systems
  Tool& task_allowed();  // the host may answer with a task handle while the handler runs on

  // 0 = the host's default, in both.
  Tool& timeout(std::chrono::milliseconds limit);
  Tool& max_concurrency(std::uint32_t calls);
  // TOOLPOST_CLIENT_* bits that the client must have; others are refused before the handler runs.
  Tool& requires_client(std::uint32_t features);

  // Exactly one of the two.
  Tool& run(Handler handler);
  Tool& run_async(AsyncHandler handler);

  const std::string& name() const noexcept { return name_; }

  // The MCP Tool object. Annotations are missing on purpose: the host derives them from the flags.
  std::string definition() const;
  // Everything but user_data and the callbacks. Points into this Tool and into `definition`.
  toolpost_item describe(const std::string& definition) const noexcept;

  const AsyncHandler& handler() const noexcept { return handler_; }

 private:
  Tool& flag(std::uint64_t bit);

  std::string name_;
  Json definition_;
  std::uint64_t flags_ = 0;
  std::uint32_t timeout_ms_ = 0;
  std::uint32_t max_concurrency_ = 0;
  std::uint32_t client_features_ = 0;
  AsyncHandler handler_;
};

}  // namespace toolpost::sdk
