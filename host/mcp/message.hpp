// SPDX-License-Identifier: Apache-2.0
// One JSON-RPC 2.0 message from a client, parsed once: typed where the host acts on it, and slices
// of the original text where it is only handed on.
#pragma once

#include "json/parser.hpp"
#include "mcp/answer.hpp"
#include "mcp/request_id.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace toolpost::mcp {

// Owns its text; neither copied nor moved, because the tree and the slices point into it.
class Message {
 public:
  enum class Kind { kRequest, kNotification, kResponse };

  struct Refused {
    Failure failure;
    std::optional<RequestId> id;  // when it could be read
  };

  static std::variant<std::unique_ptr<Message>, Refused> parse(std::string text,
                                                               json::Parser& parser,
                                                               const json::Limits& limits);

  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  Kind kind() const noexcept { return kind_; }

  // Of a request, or of the request that a response answers.
  const RequestId& id() const noexcept { return *id_; }

  std::string_view method() const noexcept { return method_; }

  // The params object, or null when there is none.
  const json::Value* params() const noexcept { return params_; }

  const json::Value* param(std::string_view name) const noexcept;

  // The params._meta object, or null.
  const json::Value* meta() const noexcept { return meta_; }

  // The original text of a member of params; empty when absent.
  std::string_view param_text(std::string_view name) const;

  // Of a response: its error, or null.
  const json::Value* error() const noexcept { return document_.root().find("error"); }

  // Of a response: the original text of its result; empty when it has none.
  std::string_view result_text() const;

 private:
  explicit Message(std::string text) : text_(std::move(text)) {}

  std::optional<Failure> read();

  std::string text_;
  json::Document document_;
  Kind kind_ = Kind::kRequest;
  std::optional<RequestId> id_;
  std::string_view method_;
  const json::Value* params_ = nullptr;
  const json::Value* meta_ = nullptr;
};

// A notification from the server, on one line. `params` is a JSON object.
std::string notification(std::string_view method, std::string_view params);

}  // namespace toolpost::mcp
