// SPDX-License-Identifier: Apache-2.0
// MCP over stdin and stdout: one message a line, both eras, any number of requests at once.
#pragma once

#include "base/log.hpp"
#include "base/unique_fd.hpp"
#include "call/dispatcher.hpp"
#include "call/legacy_session.hpp"
#include "identity/authenticator.hpp"
#include "transport/batch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>

namespace toolpost::transport {

struct StdioOptions {
  std::size_t max_message_bytes = std::size_t{1} << 20;
  std::size_t json_depth = 64;
  std::size_t json_members = 1'024;
  std::size_t json_values = 1'000'000;
};

// Keeps fd 1 for the protocol alone: the returned descriptor is the real stdout, and what a library
// prints goes to stderr from now on. Call before any plugin is loaded.
UniqueFd take_stdout();

// Belongs to the I/O thread.
class StdioServer final {
 public:
  // The client is whom `identity` stands for, at each request anew.
  StdioServer(boost::asio::io_context& io, call::Dispatcher& dispatcher,
              const identity::EnvironmentIdentity& identity, const StdioOptions& options, Log& log,
              UniqueFd out);

  // `ended` runs once when the client has closed its side.
  void start(std::function<void()> ended);
  // Reads no more.
  void finish();
  // Runs once everything that was said has been written, or cannot be.
  void when_written(std::function<void()> written);

 private:
  class LineResponder;

  void read();
  void on_read(const boost::system::error_code& ec, std::size_t size);
  void take_lines();
  void on_line(std::string line);
  void on_message(std::unique_ptr<mcp::Message> message);
  void modern(std::unique_ptr<mcp::Message> message);
  void initialize(const mcp::Message& message);
  void legacy(std::unique_ptr<mcp::Message> message, std::shared_ptr<call::Responder> responder);
  void on_batch(const std::string& text);
  json::Limits json_limits() const;
  void dispatch(call::Incoming incoming);

  identity::Principal caller() const { return identity_.principal(identity::unix_now()); }

  void answer(const mcp::Answer& answer) { write_line(answer.json); }

  void write_line(const std::string& line);
  void write_rest();
  void input_ended();

  boost::asio::io_context& io_;
  call::Dispatcher& dispatcher_;
  const identity::EnvironmentIdentity& identity_;
  const StdioOptions& options_;
  Log& log_;
  boost::asio::posix::stream_descriptor in_;
  boost::asio::posix::stream_descriptor out_;
  json::Parser parser_;
  std::shared_ptr<call::LegacySession> session_;
  call::LiveCalls calls_;
  std::string received_;
  std::size_t scanned_ = 0;
  bool discarding_ = false;  // the rest of a line that is too long
  bool reading_ = false;
  bool finished_ = false;
  std::string sending_;
  std::string waiting_;
  bool writing_ = false;
  bool broken_ = false;
  std::function<void()> ended_;
  std::function<void()> written_;
  std::array<char, 16384> chunk_;
};

}  // namespace toolpost::transport
