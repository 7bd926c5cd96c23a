// SPDX-License-Identifier: Apache-2.0
// Cancellation as an eventfd, so that run() can wait for it together with the child's output.
#include "unique_fd.hpp"

#include <toolpost/error.hpp>
#include <toolpost/process.hpp>

#include <atomic>
#include <cerrno>
#include <sys/eventfd.h>

namespace toolpost::sdk {

struct Cancellation::Switch {
  detail::UniqueFd event{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::atomic<bool> is_requested{false};
};

Cancellation::Cancellation() : switch_(std::make_shared<Switch>()) {
  if (!switch_->event) throw Error(Status::kLimit, "no descriptor is left for a cancellation");
}

void Cancellation::request() const noexcept {
  if (switch_->is_requested.exchange(true)) return;
  const std::uint64_t one = 1;
  while (write(switch_->event.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

bool Cancellation::is_requested() const noexcept {
  return switch_->is_requested.load();
}

int Cancellation::descriptor() const noexcept {
  return switch_->event.get();
}

}  // namespace toolpost::sdk
