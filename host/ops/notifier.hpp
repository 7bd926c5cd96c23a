// SPDX-License-Identifier: Apache-2.0
// Tells the service manager that started us how we are: systemd with Type=notify, or whatever
// speaks its protocol, which is one datagram for each message.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::ops {

// A plain value; without NOTIFY_SOCKET it says nothing, and every message succeeds.
class Notifier {
 public:
  using Environment = std::function<std::optional<std::string>(std::string_view name)>;

  Notifier() = default;

  // From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, read as systemd's own library does.
  // `process` is our process id: a watchdog that is meant for another one is not ours.
  static Result<Notifier> from(const Environment& environment, std::int64_t process);

  bool is_silent() const noexcept { return address_.empty(); }

  // How often watchdog() is due: twice within the time after which the manager gives us up.
  // Nothing: nobody watches.
  std::optional<std::chrono::microseconds> watchdog_interval() const noexcept { return interval_; }

  // We serve. `status` is one line for people, shown by systemctl status.
  Result<> ready(std::string_view status) const;
  // We have begun to stop; how long that takes is for the manager's own limit.
  Result<> stopping() const;
  // The event loop turns.
  Result<> watchdog() const;

 private:
  Result<> send(std::string_view message) const;

  std::string address_;  // as in sun_path: an abstract name begins with a zero byte
  std::optional<std::chrono::microseconds> interval_;
};

}  // namespace toolpost::ops
