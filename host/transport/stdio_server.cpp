// SPDX-License-Identifier: Apache-2.0
#include "transport/stdio_server.hpp"

#include "base/check.hpp"
#include "call/client_facts.hpp"
#include "mcp/classify.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <string>
#include <sys/stat.h>

namespace toolpost::transport {
namespace {

namespace asio = boost::asio;

// While so much is waiting for a client that does not read, no more of its requests are read.
constexpr std::size_t kMaxUnreadBytes = std::size_t{1} << 20;

// O_NONBLOCK belongs to the open file, which our parent may share: a pipe or terminal is opened
// anew, so that the flag is ours alone. Sockets and files are used as they are.
UniqueFd private_descriptor(int fd, int mode) {
  struct stat status {};

  if (::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode))) {
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    UniqueFd reopened{::open(path.c_str(), mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
    if (reopened) return reopened;
  }
  return UniqueFd{::fcntl(fd, F_DUPFD_CLOEXEC, 3)};
}

mcp::Failure invalid_request(std::string message) {
  return {.code = mcp::kInvalidRequest, .message = std::move(message), .data = {}};
}

}  // namespace

UniqueFd take_stdout() {
  UniqueFd real{::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)};
  TOOLPOST_CHECK(::dup2(STDERR_FILENO, STDOUT_FILENO) == STDOUT_FILENO);
  return real;
}

class StdioServer::LineResponder final : public call::Responder {
 public:
  explicit LineResponder(StdioServer& server) : server_(server) {}

  void notify(std::string message) override {
    // A client that does not read loses progress before memory does.
    if (server_.waiting_.size() <= kMaxUnreadBytes) server_.write_line(message);
  }

  bool deliver(std::string message) override {
    if (server_.waiting_.size() > kMaxUnreadBytes) return false;
    server_.write_line(message);
    return true;
  }

  bool can_stream() const override { return true; }

  bool ask(std::string request) override {
    server_.write_line(request);
    return !server_.broken_;
  }

  void answer(mcp::Answer answer) override { server_.answer(answer); }

 private:
  StdioServer& server_;
};

StdioServer::StdioServer(asio::io_context& io, call::Dispatcher& dispatcher,
                         const identity::EnvironmentIdentity& identity, const StdioOptions& options,
                         Log& log, UniqueFd out)
    : io_(io),
      dispatcher_(dispatcher),
      identity_(identity),
      options_(options),
      log_(log),
      in_(io, private_descriptor(STDIN_FILENO, O_RDONLY).release()),
      out_(io, private_descriptor(out.get(), O_WRONLY).release()) {
  boost::system::error_code ec;
  out_.non_blocking(true, ec);
}

void StdioServer::start(std::function<void()> ended) {
  ended_ = std::move(ended);
  read();
}

void StdioServer::finish() {
  finished_ = true;
  boost::system::error_code ec;
  in_.cancel(ec);
}

void StdioServer::read() {
  if (reading_ || finished_ || waiting_.size() > kMaxUnreadBytes) return;
  reading_ = true;
  in_.async_read_some(asio::buffer(chunk_),
                      [this](const boost::system::error_code& ec, std::size_t size) {
                        reading_ = false;
                        on_read(ec, size);
                      });
}

void StdioServer::on_read(const boost::system::error_code& ec, std::size_t size) {
  if (finished_) return;
  received_.append(chunk_.data(), size);
  take_lines();
  if (ec) {
    if (ec != asio::error::eof) log_.warn("stdin failed", {{"reason", ec.message()}});
    // A last line without its end is still a message.
    if (!received_.empty() && !discarding_) on_line(std::exchange(received_, {}));
    input_ended();
    return;
  }
  read();
}

void StdioServer::input_ended() {
  finished_ = true;
  if (ended_) std::exchange(ended_, nullptr)();
}

void StdioServer::take_lines() {
  std::size_t begin = 0;
  for (std::size_t end = received_.find('\n', scanned_); end != std::string::npos;
       end = received_.find('\n', begin)) {
    std::string line = received_.substr(begin, end - begin);
    begin = end + 1;
    if (std::exchange(discarding_, false)) continue;
    on_line(std::move(line));
  }
  received_.erase(0, begin);
  scanned_ = received_.size();
  if (received_.size() <= options_.max_message_bytes) return;
  if (!discarding_) on_line(std::move(received_));  // says that it is too long
  discarding_ = true;
  received_.clear();
  scanned_ = 0;
}

void StdioServer::on_line(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (line.empty()) return;
  if (line.size() > options_.max_message_bytes) {
    answer(mcp::to_answer({.code = mcp::kParseError,
                           .message = "Parse error: a message may have " +
                                      std::to_string(options_.max_message_bytes) + " bytes",
                           .data = {}},
                          std::nullopt));
    return;
  }
  if (session_ && session_->version() == mcp::Version::k2025_03_26 && is_batch(line)) {
    on_batch(line);
    return;
  }
  auto parsed = mcp::Message::parse(std::move(line), parser_, json_limits());
  if (auto* refused = std::get_if<mcp::Message::Refused>(&parsed)) {
    answer(mcp::to_answer(refused->failure, refused->id));
    return;
  }
  on_message(std::move(std::get<std::unique_ptr<mcp::Message>>(parsed)));
}

void StdioServer::on_message(std::unique_ptr<mcp::Message> message) {
  if (message->kind() == mcp::Message::Kind::kResponse) {
    if (session_) dispatcher_.client_answered(session_, *message);
    return;
  }
  if (message->kind() == mcp::Message::Kind::kNotification) {
    if (message->method() == "notifications/initialized" && session_) {
      dispatcher_.client_is_ready(session_);
    } else if (message->method() == "notifications/cancelled") {
      if (const auto call = calls_.find(call::cancelled_request(*message))) {
        dispatcher_.cancel(call);
      }
    }
    return;
  }
  const auto route = mcp::classify(*message, nullptr);
  if (const auto* failure = std::get_if<mcp::Failure>(&route)) {
    answer(mcp::to_answer(*failure, message->id()));
    return;
  }
  switch (std::get<mcp::Route>(route)) {
    case mcp::Route::kModern:
      modern(std::move(message));
      break;
    case mcp::Route::kInitialize:
      initialize(*message);
      break;
    case mcp::Route::kLegacy:
      legacy(std::move(message), std::make_shared<LineResponder>(*this));
      break;
  }
}

void StdioServer::modern(std::unique_ptr<mcp::Message> message) {
  if (const auto failure = mcp::check_modern(*message, nullptr)) {
    answer(mcp::to_answer(*failure, message->id()));
    return;
  }
  const auto version = mcp::Version::k2026_07_28;
  auto client = call::modern_client_facts(*message, version);
  dispatch({std::move(message),
            version,
            caller(),
            std::move(client),
            std::make_shared<LineResponder>(*this),
            {},
            nullptr,
            call::Transport::kStdio});
}

void StdioServer::initialize(const mcp::Message& message) {
  auto session = call::LegacySession::open(message);
  if (!session) {
    answer(mcp::to_answer(mcp::invalid_params("Invalid params: protocolVersion is required"),
                          message.id()));
    return;
  }
  session_ = std::move(session);
  session_->push = [this](const std::string& line) {
    if (waiting_.size() <= kMaxUnreadBytes) write_line(line);
  };
  dispatcher_.open_session(session_);
  answer(mcp::result_answer(
      message.id(), mcp::initialize_result(dispatcher_.server_info(), session_->version())));
}

void StdioServer::legacy(std::unique_ptr<mcp::Message> message,
                         std::shared_ptr<call::Responder> responder) {
  if (!session_ && message->method() != "ping") {
    responder->answer(mcp::to_answer(
        invalid_request("The request has no _meta[\"" + std::string{mcp::kMetaVersion} +
                        "\"] and nothing was initialized"),
        message->id()));
    return;
  }
  const auto version = session_ ? session_->version() : mcp::kLatestLegacy;
  auto client = session_ ? session_->client() : call::ClientFacts{};
  dispatch({std::move(message),
            version,
            caller(),
            std::move(client),
            std::move(responder),
            {},
            nullptr,
            call::Transport::kStdio,
            {},
            session_});
}

void StdioServer::dispatch(call::Incoming incoming) {
  const std::string id = incoming.message->id().to_json();
  if (const auto running = calls_.find(id); running && running->responder) {
    incoming.responder->answer(mcp::to_answer(
        invalid_request("A request with this id is still open"), incoming.message->id()));
    return;
  }
  if (const auto call = dispatcher_.dispatch(std::move(incoming))) calls_.add(id, call);
}

void StdioServer::on_batch(const std::string& text) {
  auto texts = split_batch(text, parser_, json_limits());
  if (!texts) {
    answer(mcp::to_answer(invalid_request("Invalid Request: " + texts.error().message()),
                          std::nullopt));
    return;
  }
  const auto batch = std::make_shared<BatchAnswer>([this](const std::string& json) {
    if (!json.empty()) write_line(json);
  });
  for (std::string& one : *texts) {
    auto parsed = mcp::Message::parse(std::move(one), parser_, json_limits());
    if (const auto* refused = std::get_if<mcp::Message::Refused>(&parsed)) {
      batch->part()->answer(mcp::to_answer(refused->failure, refused->id));
      continue;
    }
    auto message = std::move(std::get<std::unique_ptr<mcp::Message>>(parsed));
    if (message->kind() == mcp::Message::Kind::kRequest) {
      legacy(std::move(message), batch->part());
    } else {
      on_message(std::move(message));
    }
  }
  batch->all_given();
}

json::Limits StdioServer::json_limits() const {
  return {.depth = options_.json_depth,
          .members = options_.json_members,
          .elements = options_.json_values};
}

void StdioServer::write_line(const std::string& line) {
  if (broken_) return;
  waiting_.append(line).push_back('\n');
  if (writing_) return;
  boost::system::error_code ec;
  const std::size_t sent = out_.write_some(asio::buffer(waiting_), ec);
  waiting_.erase(0, ec ? 0 : sent);
  if (!waiting_.empty()) write_rest();
}

void StdioServer::write_rest() {
  writing_ = true;
  sending_.swap(waiting_);
  asio::async_write(out_, asio::buffer(sending_),
                    [this](const boost::system::error_code& ec, std::size_t) {
                      writing_ = false;
                      sending_.clear();
                      if (ec) {
                        broken_ = true;
                        waiting_.clear();
                        input_ended();
                      }
                      if (!waiting_.empty()) write_rest();
                      if (!writing_ && written_) std::exchange(written_, nullptr)();
                      read();
                    });
}

void StdioServer::when_written(std::function<void()> written) {
  if (writing_) {
    written_ = std::move(written);
  } else {
    asio::post(io_, std::move(written));
  }
}

}  // namespace toolpost::transport
