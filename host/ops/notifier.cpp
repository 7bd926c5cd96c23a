// SPDX-License-Identifier: Apache-2.0
#include "ops/notifier.hpp"

#include "base/unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

namespace toolpost::ops {
namespace {

std::optional<std::int64_t> positive_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || number <= 0) return {};
  return number;
}

Result<std::string> socket_address(std::string_view given) {
  constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
  if (given.size() < 2 || (given[0] != '/' && given[0] != '@')) {
    return invalid(
        "NOTIFY_SOCKET: expected the absolute path of a socket, or @ and an abstract name");
  }
  if (given.size() > kLongest) {
    return invalid("NOTIFY_SOCKET: is longer than the name of a socket may be (" +
                   std::to_string(kLongest) + " bytes)");
  }
  std::string address{given};
  if (address[0] == '@') address[0] = '\0';
  return address;
}

}  // namespace

Result<Notifier> Notifier::from(const Environment& environment, std::int64_t process) {
  Notifier notifier;
  const auto given = environment("NOTIFY_SOCKET");
  if (!given) return notifier;
  auto address = socket_address(*given);
  if (!address) return address.error();
  notifier.address_ = std::move(*address);
  const auto watchdog = environment("WATCHDOG_USEC");
  if (!watchdog) return notifier;
  const auto time = positive_number(*watchdog);
  if (!time) return invalid("WATCHDOG_USEC: expected a number of microseconds above 0");
  if (const auto whose = environment("WATCHDOG_PID")) {
    const auto watched = positive_number(*whose);
    if (!watched) return invalid("WATCHDOG_PID: expected the id of a process");
    if (*watched != process) return notifier;
  }
  notifier.interval_ = std::chrono::microseconds{std::max<std::int64_t>(*time / 2, 1)};
  return notifier;
}

Result<> Notifier::ready(std::string_view status) const {
  std::string message = "READY=1\nSTATUS=";
  message += status;
  std::replace(message.begin() + sizeof("READY=1\n") - 1, message.end(), '\n', ' ');
  return send(message);
}

Result<> Notifier::stopping() const {
  return send("STOPPING=1\nSTATUS=finishing what runs");
}

Result<> Notifier::watchdog() const {
  return send("WATCHDOG=1");
}

// A socket for each message: they are few, and no descriptor has to outlive what starts children.
// It never waits, because the event loop sends.
Result<> Notifier::send(std::string_view message) const {
  if (is_silent()) return {};
  const UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket) return errno_error("NOTIFY_SOCKET: socket", errno);
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  // The length decides where an abstract name ends; a path ends with a zero byte.
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size() +
                                             (address_[0] == '/' ? 1 : 0));
  const ssize_t sent =
      ::sendto(socket.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
               static_cast<const sockaddr*>(static_cast<const void*>(&to)), length);
  if (sent < 0) return errno_error("NOTIFY_SOCKET: send", errno);
  return {};
}

}  // namespace toolpost::ops
