// SPDX-License-Identifier: Apache-2.0
#include "mcp/message.hpp"

#include "base/json_escape.hpp"
#include "json/raw.hpp"

namespace toolpost::mcp {
namespace {

Failure invalid_request(std::string message) {
  return {.code = kInvalidRequest, .message = std::move(message), .http_status = 400, .data = {}};
}

}  // namespace

std::variant<std::unique_ptr<Message>, Message::Refused> Message::parse(
    std::string text, json::Parser& parser, const json::Limits& limits) {
  std::unique_ptr<Message> message{new Message{std::move(text)}};
  auto document = parser.parse(message->text_, limits);
  if (!document) {
    return Refused{{.code = kParseError,
                    .message = "Parse error: " + document.error().message(),
                    .http_status = 400,
                    .data = {}},
                   std::nullopt};
  }
  message->document_ = std::move(*document);
  if (auto failure = message->read()) return Refused{std::move(*failure), message->id_};
  return message;
}

std::optional<Failure> Message::read() {
  const json::Value& root = document_.root();
  if (root.is_array()) return invalid_request("Invalid Request: batches are not accepted");
  if (!root.is_object()) return invalid_request("Invalid Request: a message is a JSON object");

  const json::Value* id = root.find("id");
  if (id != nullptr) {
    id_ = RequestId::from(*id);
    if (!id_) return invalid_request("Invalid Request: id must be an integer or a short string");
  }
  const json::Value* jsonrpc = root.find_string("jsonrpc");
  if (jsonrpc == nullptr || jsonrpc->as_string() != "2.0") {
    return invalid_request("Invalid Request: jsonrpc must be \"2.0\"");
  }
  const json::Value* method = root.find("method");
  const bool response = root.find("result") != nullptr || root.find("error") != nullptr;
  if (method != nullptr && response) {
    return invalid_request("Invalid Request: method excludes result and error");
  }
  if (method == nullptr) {
    if (!response || !id_) return invalid_request("Invalid Request: method is missing");
    kind_ = Kind::kResponse;
    return std::nullopt;
  }
  if (!method->is_string()) return invalid_request("Invalid Request: method must be a string");
  method_ = method->as_string();
  kind_ = id_ ? Kind::kRequest : Kind::kNotification;

  if (const json::Value* params = root.find("params")) {
    // JSON-RPC would allow an array; MCP names every parameter.
    if (!params->is_object()) return invalid_request("Invalid Request: params must be an object");
    params_ = params;
    meta_ = params->find("_meta");
    if (meta_ != nullptr && !meta_->is_object()) {
      return invalid_request("Invalid Request: params._meta must be an object");
    }
  }
  return std::nullopt;
}

const json::Value* Message::param(std::string_view name) const noexcept {
  return params_ == nullptr ? nullptr : params_->find(name);
}

std::string_view Message::param_text(std::string_view name) const {
  const auto params = json::find_raw(text_, "params");
  if (!params) return {};
  return json::find_raw(*params, name).value_or(std::string_view{});
}

std::string_view Message::result_text() const {
  return json::find_raw(text_, "result").value_or(std::string_view{});
}

std::string notification(std::string_view method, std::string_view params) {
  std::string text = R"({"jsonrpc":"2.0","method":)";
  append_json_string(text, method);
  text.append(R"(,"params":)").append(params).append("}");
  return text;
}

}  // namespace toolpost::mcp
