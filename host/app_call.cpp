// SPDX-License-Identifier: Apache-2.0
// One call from the command line, on the road of every other.
#include "app.hpp"
#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"
#include "mcp/classify.hpp"

#include <csignal>

namespace toolpost {
namespace {

namespace asio = boost::asio;

// The one responder of a call from the command line.
class OneAnswer final : public call::Responder {
 public:
  OneAnswer(asio::io_context& io, std::function<void(std::string)> notify)
      : io_(io), notify_(std::move(notify)) {}

  void notify(std::string message) override { notify_(std::move(message)); }

  bool deliver(std::string) override { return false; }

  bool can_stream() const override { return false; }

  // The call is made in the modern way, in which the server asks nothing by itself.
  bool ask(std::string) override { return false; }

  void answer(mcp::Answer answer) override {
    json_ = std::move(answer.json);
    io_.stop();
  }

  const std::string& json() const noexcept { return json_; }

 private:
  asio::io_context& io_;
  std::function<void(std::string)> notify_;
  std::string json_;
};

std::string call_request(const std::string& tool, const std::string& arguments) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("jsonrpc", "2.0").member("id", std::int64_t{1});
  writer.member("method", "tools/call").key("params").begin_object();
  writer.member("name", std::string_view{tool}).key("arguments").raw(arguments);
  writer.key("_meta").begin_object();
  writer.member(mcp::kMetaVersion, mcp::to_string(mcp::Version::k2026_07_28));
  writer.key(mcp::kMetaCapabilities).raw("{}").member("progressToken", std::int64_t{1});
  writer.end_object().end_object().end_object();
  return text;
}

}  // namespace

Result<App::CallReport> App::call_once(const std::string& tool, const std::string& arguments,
                                       std::function<void(std::string)> notify) {
  const auto parsed_arguments = json::parse(arguments);
  if (!parsed_arguments) return Error{parsed_arguments.error()}.in("ARGUMENTS-JSON");
  if (!parsed_arguments->root().is_object()) {
    return invalid("ARGUMENTS-JSON: must be a JSON object, is " +
                   std::string{json::type_name(parsed_arguments->root().type())});
  }
  json::Parser parser;
  auto parsed = mcp::Message::parse(call_request(tool, arguments), parser, {});
  if (const auto* refused = std::get_if<mcp::Message::Refused>(&parsed)) {
    return invalid(refused->failure.message);
  }
  if (auto known = speak_for_environment(); !known) return known.error();
  auto message = std::move(std::get<std::unique_ptr<mcp::Message>>(parsed));
  auto client = call::modern_client_facts(*message, mcp::Version::k2026_07_28);
  const auto responder = std::make_shared<OneAnswer>(io_, std::move(notify));
  const auto call = dispatcher_.dispatch({std::move(message),
                                          mcp::Version::k2026_07_28,
                                          environment_->principal(identity::unix_now()),
                                          std::move(client),
                                          responder,
                                          {},
                                          nullptr,
                                          call::Transport::kCommandLine});
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([&](const boost::system::error_code& ec, int) {
    if (ec || !call) return;
    dispatcher_.cancel(call);
    asio::post(io_, [this] { io_.stop(); });  // behind what hands the cancellation on
  });
  auto work = asio::make_work_guard(io_);
  if (responder->json().empty()) io_.run();
  if (responder->json().empty()) return Error{Errc::kUnavailable, "the call was cancelled"};
  CallReport report;
  const auto result = json::find_raw(responder->json(), "result");
  report.was_called = result.has_value();
  report.is_error = result && json::find_raw(*result, "isError").value_or("") == "true";
  report.json = result ? *result : json::find_raw(responder->json(), "error").value_or("{}");
  return report;
}

}  // namespace toolpost
