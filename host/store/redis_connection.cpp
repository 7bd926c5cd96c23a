// SPDX-License-Identifier: Apache-2.0
#include "store/redis_connection.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace toolpost::store {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxCode = 16;

Result<> expect_ok(const Result<Reply>& reply, std::string_view what) {
  if (!reply) return reply.error();
  if (reply->kind == Reply::Kind::kText && reply->text == "OK") return {};
  std::string text{what};
  text.append(" is refused with ").append(error_code(*reply));
  return Error{Errc::kDenied, std::move(text)};
}

}  // namespace

std::string error_code(const Reply& reply) {
  const std::string_view code =
      std::string_view{reply.text}.substr(0, std::min(reply.text.find(' '), reply.text.size()));
  const bool is_code =
      reply.kind == Reply::Kind::kError && !code.empty() && code.size() <= kMaxCode &&
      std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return is_code ? std::string{code} : "an error";
}

Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const Endpoint& endpoint,
                                                               const Login& login,
                                                               std::size_t max_reply_bytes,
                                                               Deadline deadline) {
  auto socket = RedisSocket::connect(endpoint, deadline);
  if (!socket) return socket.error();
  std::unique_ptr<RedisConnection> out{new RedisConnection{std::move(*socket), max_reply_bytes}};
  if (auto done = out->log_in(login, deadline); !done) return done.error();
  return out;
}

Result<> RedisConnection::log_in(const Login& login, Deadline deadline) {
  if (!login.password.empty()) {
    std::vector<std::string_view> words{"AUTH"};
    if (!login.username.empty()) words.push_back(login.username);
    words.push_back(login.password.reveal());
    const Secret command{command_text(words)};
    if (auto done = expect_ok(exchange(command.reveal(), deadline), "the password"); !done) {
      return done;
    }
  }
  if (login.database == 0) return {};
  const std::string database = std::to_string(login.database);
  const std::array<std::string_view, 2> words{"SELECT", database};
  return expect_ok(ask(words, deadline), "the database");
}

Result<Reply> RedisConnection::ask(Words words, Deadline deadline) {
  return exchange(command_text(words), deadline);
}

Result<Reply> RedisConnection::exchange(std::string_view command, Deadline deadline) {
  is_broken_ = true;  // until there is a whole reply: what comes late answers nobody
  if (auto sent = socket_.send(command, deadline); !sent) return sent.error();
  const auto buffer = std::make_unique_for_overwrite<char[]>(kReadBytes);
  for (;;) {
    const auto bytes = socket_.receive(buffer.get(), kReadBytes, deadline);
    if (!bytes) return bytes.error();
    auto reply = reader_.feed(*bytes);
    if (!reply) return reply.error();
    if (!*reply) continue;
    is_broken_ = false;
    return std::move(**reply);
  }
}

}  // namespace toolpost::store
