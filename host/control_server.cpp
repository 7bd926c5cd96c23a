// SPDX-License-Identifier: Apache-2.0
#include "control_server.hpp"

#include "control_place.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace toolpost {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kTimeToAsk{5};
constexpr std::size_t kMaxQuestion = 8192;
constexpr mode_t kOwnerOnly = 0600;

bool is_ours(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == ::geteuid() || peer.uid == 0);
}

// The same words, or two names of one file: a mounted configuration is mostly a link.
bool names_same_file(const std::string& left, const std::string& right) {
  std::error_code failed;
  return left == right || std::filesystem::equivalent(left, right, failed);
}

// What was left by processes that did not end in order.
void remove_stale(const PrivateDirectory& directory, const std::string& host) {
  const auto names = directory.names();
  if (!names) return;
  for (const std::string& name : *names) {
    const int process = process_of(name, host);
    const bool is_gone = process != 0 && ::kill(process, 0) != 0 && errno == ESRCH;
    if (is_gone) ::unlinkat(directory.fd(), name.c_str(), 0);
  }
}

}  // namespace

class ControlServer::Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(Socket socket, const ControlServer& server)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), server_(server) {}

  void begin() {
    timer_.expires_after(kTimeToAsk);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
      if (!ec) self->socket_.close();
    });
    asio::async_read_until(
        socket_, asio::dynamic_buffer(text_, kMaxQuestion), '\n',
        [self = shared_from_this()](const boost::system::error_code& ec, std::size_t size) {
          self->timer_.cancel();
          if (!ec) self->on_question(self->text_.substr(0, size - 1));
        });
  }

 private:
  void on_question(const std::string& question) {
    if (!question.starts_with(kReloadWord)) {
      answer(kAnswerFailed, "this server does not know that command");
      return;
    }
    if (!names_same_file(question.substr(kReloadWord.size()), server_.config_file_)) {
      answer(kAnswerOther, server_.config_file_);
      return;
    }
    server_.reload_([self = shared_from_this()](const ReloadOutcome& outcome) {
      std::string lines;
      for (const std::string& line : outcome.lines) lines.append(line).push_back('\n');
      self->answer(outcome.is_done ? kAnswerDone : kAnswerFailed, lines);
    });
  }

  void answer(std::string_view word, std::string_view lines) {
    text_ = std::string{word} + "\n" + std::string{lines};
    asio::async_write(
        socket_, asio::buffer(text_),
        [self = shared_from_this()](const boost::system::error_code&, std::size_t) {});
  }

  Socket socket_;
  asio::steady_timer timer_;
  const ControlServer& server_;
  std::string text_;
};

ControlServer::ControlServer(asio::io_context& io, std::string config_file, Reload reload, Log& log)
    : config_file_(std::move(config_file)),
      reload_(std::move(reload)),
      log_(log),
      acceptor_(io),
      retry_(io) {}

Result<> ControlServer::listen(const std::string& data_directory) {
  auto directory = PrivateDirectory::open_or_make(control_directory(data_directory));
  if (!directory) return directory.error();
  directory_.emplace(std::move(*directory));
  const std::string host = this_host();
  remove_stale(*directory_, host);
  name_ = control_name(host, ::getpid());
  ::unlinkat(directory_->fd(), name_.c_str(), 0);
  boost::system::error_code ec;
  const std::string path = control_path(*directory_, name_);
  acceptor_.open(asio::local::stream_protocol{}, ec);
  if (!ec) acceptor_.bind({path}, ec);
  if (!ec && ::chmod(path.c_str(), kOwnerOnly) != 0)
    ec.assign(errno, boost::system::system_category());
  if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return errno_error("listen on " + directory_->path() + "/" + name_, ec.value());
  accept();
  return {};
}

void ControlServer::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& ec, Socket socket) {
    if (!acceptor_.is_open()) return;
    if (ec) {
      // As when there are no descriptors left: it would fail again at once.
      log_.warn("a command was not taken", {{"reason", ec.message()}});
      retry_.expires_after(kTimeToAsk);
      retry_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled && acceptor_.is_open()) accept();
      });
      return;
    }
    if (is_ours(socket.native_handle())) {
      std::make_shared<Conversation>(std::move(socket), *this)->begin();
    }
    accept();
  });
}

void ControlServer::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  if (directory_ && !name_.empty()) ::unlinkat(directory_->fd(), name_.c_str(), 0);
}

}  // namespace toolpost
