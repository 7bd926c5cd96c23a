// SPDX-License-Identifier: Apache-2.0
#include "call/refusal.hpp"

#include "json/writer.hpp"

namespace toolpost::call {

// In the legacy era only transport faults have a status of their own; being overloaded is one, and
// so is asking too often.
mcp::Answer refusal(mcp::Failure failure, mcp::Version version, const mcp::RequestId& id) {
  if (!mcp::is_modern(version) && failure.code != mcp::kOverloaded &&
      failure.code != mcp::kRateLimited) {
    failure.http_status = 200;
  }
  return mcp::to_answer(failure, id);
}

mcp::Failure stopping() {
  return mcp::overloaded("stopping", "The server is stopping");
}

mcp::Failure interrupted(std::string_view what) {
  return {.code = mcp::kInternalError,
          .message = std::string{what} + " while this ran; it may have had its effect",
          .http_status = 500,
          .data = R"({"reason":"interrupted"})"};
}

mcp::Failure replaced(std::string_view plugin_id) {
  return mcp::overloaded(
      "reloaded", "Plugin " + std::string{plugin_id} + " was reloaded before the call had ended");
}

mcp::Failure left_alone(std::string_view plugin_id, std::chrono::milliseconds wait) {
  mcp::Failure failure = mcp::overloaded(
      "circuit", "Plugin " + std::string{plugin_id} + " did not answer several calls in a row");
  failure.retry_after_s = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(wait).count());
  return failure;
}

mcp::Failure denied(std::string message, std::string_view rule) {
  std::string data;
  json::Writer{data}.begin_object().member("rule", rule).end_object();
  return {.code = mcp::kDenied, .message = std::move(message), .data = std::move(data)};
}

}  // namespace toolpost::call
