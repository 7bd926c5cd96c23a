// SPDX-License-Identifier: Apache-2.0
// Tool as an MCP Tool object and a toolpost_item.
#include "host_link.hpp"

#include <toolpost/tool.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace toolpost::sdk {
namespace {

constexpr std::int64_t kLongestTimeout = std::numeric_limits<std::uint32_t>::max();  // ms

}  // namespace

Tool::Tool(std::string name) : name_(std::move(name)) {
  definition_.set("name", name_);
}

Tool& Tool::title(std::string text) {
  definition_.set("title", std::move(text));
  return *this;
}

Tool& Tool::description(std::string text) {
  definition_.set("description", std::move(text));
  return *this;
}

Tool& Tool::input(const Schema& schema) {
  definition_.set("inputSchema", schema.json());
  return *this;
}

Tool& Tool::input_json(std::string_view schema) {
  definition_.set("inputSchema", Json::parse(schema));
  return *this;
}

Tool& Tool::output(const Schema& schema) {
  definition_.set("outputSchema", schema.json());
  return *this;
}

Tool& Tool::output_json(std::string_view schema) {
  definition_.set("outputSchema", Json::parse(schema));
  return *this;
}

Tool& Tool::read_only() {
  return flag(TOOLPOST_ITEM_READ_ONLY);
}

Tool& Tool::destructive() {
  return flag(TOOLPOST_ITEM_DESTRUCTIVE);
}

Tool& Tool::idempotent() {
  return flag(TOOLPOST_ITEM_IDEMPOTENT);
}

Tool& Tool::open_world() {
  return flag(TOOLPOST_ITEM_OPEN_WORLD);
}

Tool& Tool::task_allowed() {
  return flag(TOOLPOST_ITEM_TASK_ALLOWED);
}

Tool& Tool::timeout(std::chrono::milliseconds limit) {
  timeout_ms_ = static_cast<std::uint32_t>(
      std::clamp(static_cast<std::int64_t>(limit.count()), std::int64_t{0}, kLongestTimeout));
  return *this;
}

Tool& Tool::max_concurrency(std::uint32_t calls) {
  max_concurrency_ = calls;
  return *this;
}

Tool& Tool::requires_client(std::uint32_t features) {
  client_features_ = features;
  return *this;
}

Tool& Tool::run(Handler handler) {
  return run_async([handler = std::move(handler)](Call call) {
    const Result result = handler(call);
    call.complete(result);
  });
}

Tool& Tool::run_async(AsyncHandler handler) {
  handler_ = std::move(handler);
  return *this;
}

std::string Tool::definition() const {
  if (!definition_["inputSchema"].is_null()) return definition_.dump();
  Json complete = definition_;
  complete.set("inputSchema", Schema::object().json());
  return complete.dump();
}

toolpost_item Tool::describe(const std::string& definition) const noexcept {
  toolpost_item item{};
  item.struct_size = sizeof(item);
  item.kind = TOOLPOST_KIND_TOOL;
  item.key = detail::to_abi(name_);
  item.definition = detail::to_abi(definition);
  item.flags = flags_;
  item.max_concurrency = max_concurrency_;
  item.timeout_ms = timeout_ms_;
  item.client_features = client_features_;
  return item;
}

Tool& Tool::flag(std::uint64_t bit) {
  flags_ |= bit;
  return *this;
}

}  // namespace toolpost::sdk
