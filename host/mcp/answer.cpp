// SPDX-License-Identifier: Apache-2.0
#include "mcp/answer.hpp"

#include "json/writer.hpp"

namespace toolpost::mcp {
namespace {

constexpr int kRetryAfterSeconds = 1;

std::string begin(const std::optional<RequestId>& id) {
  std::string text = R"({"jsonrpc":"2.0")";
  if (id) text.append(R"(,"id":)").append(id->to_json());
  return text;
}

}  // namespace

Answer to_answer(const Failure& failure, const std::optional<RequestId>& id) {
  std::string text = begin(id);
  text.append(R"(,"error":)");
  json::Writer error{text};
  error.begin_object().member("code", std::int64_t{failure.code});
  error.member("message", std::string_view{failure.message});
  if (!failure.data.empty()) error.key("data").raw(failure.data);
  error.end_object();
  text.push_back('}');
  return {failure.http_status, std::move(text), failure.retry_after_s};
}

Answer result_answer(const RequestId& id, std::string_view result) {
  std::string text = begin(id);
  text.reserve(text.size() + result.size() + 16);
  text.append(R"(,"result":)").append(result).append("}");
  return {200, std::move(text), 0};
}

Failure invalid_params(std::string message) {
  return {.code = kInvalidParams, .message = std::move(message), .data = {}};
}

Failure method_not_found(std::string_view method) {
  return {.code = kMethodNotFound,
          .message = "Method not found: " + std::string{method},
          .http_status = 404,
          .data = {}};
}

Failure overloaded(std::string_view reason, std::string message) {
  std::string data;
  json::Writer{data}.begin_object().member("reason", reason).end_object();
  return {.code = kOverloaded,
          .message = std::move(message),
          .http_status = 503,
          .data = std::move(data),
          .retry_after_s = kRetryAfterSeconds};
}

}  // namespace toolpost::mcp
