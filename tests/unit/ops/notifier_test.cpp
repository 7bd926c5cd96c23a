// SPDX-License-Identifier: Apache-2.0
#include "ops/notifier.hpp"

#include "base/unique_fd.hpp"
#include "unit/identity/user_place.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <map>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace toolpost;
using ops::Notifier;

namespace {

constexpr std::int64_t kProcess = 4711;

using Variables = std::map<std::string, std::string, std::less<>>;

Result<Notifier> notifier(const Variables& variables) {
  return Notifier::from(
      [&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
      },
      kProcess);
}

std::string problem(const Variables& variables) {
  const auto made = notifier(variables);
  return made ? "" : made.error().message();
}

// What a service manager has: a socket that datagrams come to.
class Manager {
 public:
  // `name` as in NOTIFY_SOCKET.
  explicit Manager(std::string name) : name_(std::move(name)) {
    socket_ = UniqueFd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    sockaddr_un here{};
    here.sun_family = AF_UNIX;
    REQUIRE(name_.size() < sizeof here.sun_path);
    std::memcpy(here.sun_path, name_.data(), name_.size());
    if (name_[0] == '@') here.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size() +
                                               (name_[0] == '@' ? 0 : 1));
    REQUIRE(::bind(socket_.get(), static_cast<const sockaddr*>(static_cast<const void*>(&here)),
                   length) == 0);
  }

  const std::string& name() const { return name_; }

  // A message that has arrived; empty where none has.
  std::string received() const {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size < 0 ? std::string{} : std::string{buffer.data(), static_cast<std::size_t>(size)};
  }

 private:
  std::string name_;
  UniqueFd socket_;
};

void check_conversation(const Manager& manager) {
  const auto made = notifier({{"NOTIFY_SOCKET", manager.name()}});
  REQUIRE(made.has_value());
  CHECK_FALSE(made->is_silent());
  CHECK(made->ready("listening on http://127.0.0.1:1/mcp").has_value());
  CHECK(manager.received() == "READY=1\nSTATUS=listening on http://127.0.0.1:1/mcp");
  CHECK(made->watchdog().has_value());
  CHECK(manager.received() == "WATCHDOG=1");
  CHECK(made->stopping().has_value());
  CHECK(manager.received() == "STOPPING=1\nSTATUS=finishing what runs");
  CHECK(manager.received().empty());
}

}  // namespace

TEST_CASE("notifier: a manager behind a path or an abstract name hears each message") {
  const testing::UserPlace place;
  check_conversation(Manager{place.top() + "/notify"});
  check_conversation(Manager{"@toolpost-unit-" + std::to_string(::getpid())});
}

TEST_CASE("notifier: a status cannot bring a line of its own") {
  const testing::UserPlace place;
  const Manager manager{place.top() + "/notify"};
  const auto made = notifier({{"NOTIFY_SOCKET", manager.name()}});
  REQUIRE(made.has_value());
  CHECK(made->ready("here\nMAINPID=1").has_value());
  CHECK(manager.received() == "READY=1\nSTATUS=here MAINPID=1");
}

TEST_CASE("notifier: without a manager nothing is sent, and nothing fails") {
  const auto made = notifier({{"WATCHDOG_USEC", "1000"}});
  REQUIRE(made.has_value());
  CHECK(made->is_silent());
  CHECK_FALSE(made->watchdog_interval().has_value());
  CHECK(made->ready("").has_value());
  CHECK(made->stopping().has_value());
  CHECK(made->watchdog().has_value());
}

TEST_CASE("notifier: a manager that is gone is an error that names the variable") {
  const testing::UserPlace place;
  const auto made = notifier({{"NOTIFY_SOCKET", place.top() + "/nobody"}});
  REQUIRE(made.has_value());
  const auto sent = made->ready("");
  REQUIRE_FALSE(sent.has_value());
  CHECK(sent.error().message() == "NOTIFY_SOCKET: send: No such file or directory");
}

TEST_CASE("notifier: a manager that does not read makes nobody wait") {
  const testing::UserPlace place;
  const Manager manager{place.top() + "/notify"};
  const auto made = notifier({{"NOTIFY_SOCKET", manager.name()}});
  REQUIRE(made.has_value());
  Result<> sent;
  for (int i = 0; i < 100'000 && sent; ++i) sent = made->watchdog();
  REQUIRE_FALSE(sent.has_value());
  CHECK(sent.error().message() == "NOTIFY_SOCKET: send: Resource temporarily unavailable");
}

TEST_CASE("notifier: the watchdog is due twice within its time, for its own process only") {
  using std::chrono::microseconds;
  const auto interval = [](Variables more) {
    more.emplace("NOTIFY_SOCKET", "/run/notify");
    const auto made = notifier(more);
    REQUIRE(made.has_value());
    return made->watchdog_interval();
  };
  CHECK_FALSE(interval({}).has_value());
  CHECK(interval({{"WATCHDOG_USEC", "30000000"}}).value() == microseconds{15'000'000});
  CHECK(interval({{"WATCHDOG_USEC", "1"}}).value() == microseconds{1});
  CHECK(interval({{"WATCHDOG_USEC", "3000"}, {"WATCHDOG_PID", "4711"}}).value() ==
        microseconds{1'500});
  CHECK_FALSE(interval({{"WATCHDOG_USEC", "3000"}, {"WATCHDOG_PID", "4712"}}).has_value());
}

TEST_CASE("notifier: what is no socket, time or process is refused by name") {
  const std::string socket =
      "NOTIFY_SOCKET: expected the absolute path of a socket, or @ and an abstract name";
  for (const char* given : {"", "/", "@", "run/notify", "vsock:2:1"}) {
    CAPTURE(given);
    CHECK(problem({{"NOTIFY_SOCKET", given}}) == socket);
  }
  CHECK(problem({{"NOTIFY_SOCKET", "/" + std::string(107, 'n')}}) ==
        "NOTIFY_SOCKET: is longer than the name of a socket may be (107 bytes)");
  CHECK(problem({{"NOTIFY_SOCKET", "/" + std::string(106, 'n')}}) == "");
  for (const char* given : {"", "0", "-1", "1s", "99999999999999999999"}) {
    CAPTURE(given);
    CHECK(problem({{"NOTIFY_SOCKET", "/n"}, {"WATCHDOG_USEC", given}}) ==
          "WATCHDOG_USEC: expected a number of microseconds above 0");
    CHECK(problem({{"NOTIFY_SOCKET", "/n"}, {"WATCHDOG_USEC", "1"}, {"WATCHDOG_PID", given}}) ==
          "WATCHDOG_PID: expected the id of a process");
  }
}
