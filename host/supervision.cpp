// SPDX-License-Identifier: Apache-2.0
#include "supervision.hpp"

#include <utility>

namespace toolpost {

Supervision::Supervision(boost::asio::io_context& io, Log& log) : timer_(io), log_(log) {}

void Supervision::ready(std::string_view status) {
  check(notifier_.ready(status));
  arm();
}

void Supervision::stopping() {
  if (std::exchange(is_stopping_, true)) return;
  check(notifier_.stopping());
}

void Supervision::arm() {
  const auto interval = notifier_.watchdog_interval();
  if (!interval) return;
  timer_.expires_after(*interval);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    check(notifier_.watchdog());
    arm();
  });
}

// Once: what the manager does without our messages it says in its own log.
void Supervision::check(const Result<>& sent) {
  if (sent || std::exchange(complained_, true)) return;
  log_.warn("the service manager does not hear of us", {{"reason", sent.error().message()}});
}

}  // namespace toolpost
