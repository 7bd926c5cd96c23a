// SPDX-License-Identifier: Apache-2.0
// A running toolpost-launch: its process, its control socket and the child's pipes.
#pragma once

#include "unique_fd.hpp"

#include <toolpost/process.hpp>

#include <string>
#include <sys/types.h>

namespace toolpost::sdk::detail {

// Held by run() or a Conversation alone. Its destructor ends everything and waits for that, up to
// two seconds.
class LaunchedChild {
 public:
  LaunchedChild() noexcept = default;
  LaunchedChild(const LaunchedChild&) = delete;
  LaunchedChild& operator=(const LaunchedChild&) = delete;
  ~LaunchedChild();

  enum class Input { kNone, kPipe };

  // Empty, or why it could not be started. Without a pipe the child's stdin is /dev/null.
  std::string start(const std::string& launcher, const Command& command,
                    Input input = Input::kNone);
  // The launcher ends all descendants and says so on the control socket.
  void request_end() noexcept;
  // Kills the launcher itself. Only when it has stopped answering.
  void kill_launcher() noexcept;
  // Waits for the launcher's process; its wait status, or -1 when the host's SIGCHLD setting ate
  // it.
  int reap() noexcept;

  int control() const noexcept { return control_.get(); }

  // None of the pipes blocks on this side.
  UniqueFd& in() noexcept { return in_; }

  UniqueFd& out() noexcept { return out_; }

  UniqueFd& err() noexcept { return err_; }

 private:
  pid_t pid_ = -1;
  UniqueFd control_;
  UniqueFd in_;
  UniqueFd out_;
  UniqueFd err_;
};

}  // namespace toolpost::sdk::detail
