// SPDX-License-Identifier: Apache-2.0
// Answers the command line of the same user: `toolpost reload` asks here and waits for the outcome.
#pragma once

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/private_directory.hpp"
#include "reload_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace toolpost {

// Belongs to the I/O thread.
class ControlServer {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;
  using Reload = std::function<void(ReloadDone)>;

  // `config_file` is what the configuration was read from; whoever means another file is told so.
  ControlServer(boost::asio::io_context& io, std::string config_file, Reload reload, Log& log);

  // Takes a name below the data directory, and away those of processes that have ended.
  Result<> listen(const std::string& data_directory);
  // Nobody is taken any more; who waits still gets an answer.
  void stop();

 private:
  class Conversation;

  void accept();

  const std::string config_file_;
  const Reload reload_;
  Log& log_;
  std::optional<PrivateDirectory> directory_;
  std::string name_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer retry_;
};

}  // namespace toolpost
