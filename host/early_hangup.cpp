// SPDX-License-Identifier: Apache-2.0
#include "early_hangup.hpp"

#include <atomic>
#include <csignal>

namespace toolpost {
namespace {

// Lock-free, which is what a signal handler may touch.
std::atomic<bool> has_come = false;
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

void remember_hangup() {
  struct sigaction action {};

  action.sa_handler = [](int) { has_come = true; };
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGHUP, &action, nullptr);
}

bool take_hangup() {
  return has_come.exchange(false);
}

}  // namespace toolpost
