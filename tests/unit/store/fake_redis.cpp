// SPDX-License-Identifier: Apache-2.0
#include "unit/store/fake_redis.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>

namespace toolpost::test {
namespace {

// Takes the first command off the buffer, if it is whole.
std::optional<Command> take_command(std::string& buffer) {
  std::size_t at = 0;
  const auto number = [&](char mark) -> long {
    const std::size_t end = buffer.find("\r\n", at);
    if (end == std::string::npos || buffer[at] != mark) return -1;
    const long value = std::strtol(buffer.c_str() + at + 1, nullptr, 10);
    at = end + 2;
    return value;
  };
  const long words = number('*');
  if (words < 0) return std::nullopt;
  Command command;
  for (long i = 0; i < words; ++i) {
    const long size = number('$');
    if (size < 0 || buffer.size() < at + static_cast<std::size_t>(size) + 2) return std::nullopt;
    command.push_back(buffer.substr(at, static_cast<std::size_t>(size)));
    at += static_cast<std::size_t>(size) + 2;
  }
  buffer.erase(0, at);
  return command;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool send(int fd, const Answer& answer) {
  if (!answer.dribbles) return send_all(fd, answer.bytes);
  for (const char byte : answer.bytes) {
    if (!send_all(fd, {&byte, 1})) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

}  // namespace

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

FakeRedis::FakeRedis(std::function<Answer(const Command&)> script) : script_(std::move(script)) {
  listener_ = UniqueFd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(listener_.get(), generic, size) == 0);
  REQUIRE(::listen(listener_.get(), 64) == 0);
  REQUIRE(::getsockname(listener_.get(), generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread{[this] { accept(); }};
}

FakeRedis::~FakeRedis() {
  is_ending_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  hang_up();
  for (std::thread& thread : threads_) thread.join();
}

void FakeRedis::say(std::function<Answer(const Command&)> script) {
  const std::lock_guard lock{mutex_};
  script_ = std::move(script);
}

std::vector<Command> FakeRedis::commands() const {
  const std::lock_guard lock{mutex_};
  return commands_;
}

void FakeRedis::hang_up() {
  const std::lock_guard lock{mutex_};
  for (const UniqueFd& fd : open_) ::shutdown(fd.get(), SHUT_RDWR);
}

void FakeRedis::accept() {
  for (;;) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock{mutex_};
    if (is_ending_) ::shutdown(fd, SHUT_RDWR);
    open_.emplace_back(fd);
    ++connections_;
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void FakeRedis::serve(int fd) {
  std::string buffer;
  char bytes[65536];
  for (;;) {
    while (auto command = take_command(buffer)) {
      std::function<Answer(const Command&)> script;
      {
        const std::lock_guard lock{mutex_};
        commands_.push_back(*command);
        script = script_;
      }
      const Answer answer = script(*command);
      const bool sent = send(fd, answer);
      if (!sent || answer.hangs_up) ::shutdown(fd, SHUT_RDWR);
    }
    const ssize_t got = ::recv(fd, bytes, sizeof bytes, 0);
    if (got <= 0) return;
    buffer.append(bytes, static_cast<std::size_t>(got));
  }
}

}  // namespace toolpost::test
