// SPDX-License-Identifier: Apache-2.0
#include "call/access.hpp"

#include "json/writer.hpp"

namespace toolpost::call {
namespace {

// What may be asked again in so long.
mcp::Failure too_many(std::string_view limit, std::chrono::milliseconds wait) {
  std::string data;
  json::Writer{data}.begin_object().member("limit", limit).end_object();
  return {.code = mcp::kRateLimited,
          .message = "Too many requests: the limit " + std::string{limit} + " is reached",
          .http_status = 429,
          .data = std::move(data),
          .retry_after_s = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(wait).count())};
}

policy::ToolFacts facts_of(const registry::Item& tool) {
  return {.name = tool.name,
          .plugin_id = tool.plugin_id,
          .read_only = tool.trusted && tool.traits.read_only};
}

bool is_limited(const identity::Principal& principal) {
  return principal.name != identity::kLocal;
}

}  // namespace

bool may_use(const policy::AccessRules& rules, std::string_view role, const registry::Item& item,
             std::string_view subject) {
  switch (item.kind) {
    case mcp::ItemKind::kTool:
      return rules.may_use_tool(role, facts_of(item));
    case mcp::ItemKind::kPrompt:
      return rules.may_prompt(role, item.name);
    case mcp::ItemKind::kResource:
    case mcp::ItemKind::kTemplate:
      return rules.may_read(role, subject);
    case mcp::ItemKind::kCompletion:
      break;
  }
  const auto key = mcp::read_completion_key(item.name);
  if (!key) return false;
  return key->of_prompt ? rules.may_prompt(role, key->of) : rules.may_read(role, key->of);
}

policy::Decision explain(const policy::AccessRules& rules, std::string_view role,
                         const registry::Item& item, std::string_view subject) {
  switch (item.kind) {
    case mcp::ItemKind::kTool:
      return rules.explain_tool(role, facts_of(item));
    case mcp::ItemKind::kPrompt:
      return rules.explain_prompt(role, item.name);
    case mcp::ItemKind::kResource:
    case mcp::ItemKind::kTemplate:
      return rules.explain_resource(role, subject);
    case mcp::ItemKind::kCompletion:
      break;
  }
  const auto key = mcp::read_completion_key(item.name);
  if (!key) return {};
  return key->of_prompt ? rules.explain_prompt(role, key->of)
                        : rules.explain_resource(role, key->of);
}

Access::Access(std::shared_ptr<const policy::AccessRules> rules, const AccessLimits& limits)
    : rules_(std::move(rules)),
      by_principal_(limits.principal),
      by_address_(limits.address),
      by_tool_(limits.tool),
      calls_per_principal_(limits.calls_per_principal) {}

void Access::use(std::shared_ptr<const policy::AccessRules> rules, const AccessLimits& limits) {
  rules_.set(std::move(rules));
  by_principal_.set_limit(limits.principal);
  by_address_.set_limit(limits.address);
  by_tool_.set_limit(limits.tool);
  calls_per_principal_ = limits.calls_per_principal;
}

std::optional<mcp::Failure> Access::count_request(const identity::Principal& principal,
                                                  std::string_view address,
                                                  policy::RateLimiter::Time now) {
  if (!is_limited(principal)) return std::nullopt;
  if (!address.empty()) {
    if (const auto wait = by_address_.take(address, now); wait.count() != 0) {
      ++refused_.address;
      return too_many("rate.address_per_minute", wait);
    }
  }
  if (const auto wait = by_principal_.take(principal.name, now); wait.count() != 0) {
    ++refused_.principal;
    return too_many("rate.principal_per_minute", wait);
  }
  return std::nullopt;
}

std::optional<mcp::Failure> Access::count_call(const identity::Principal& principal,
                                               const registry::Item& item,
                                               policy::RateLimiter::Time now) {
  if (!is_limited(principal)) return std::nullopt;
  // No name has a line break, so that no two pairs make the same key.
  std::string key;
  key.reserve(principal.name.size() + item.name.size() + 3);
  key.append(principal.name).append("\n").append(item.name);
  if (item.kind != mcp::ItemKind::kTool) {
    key.append("\n").push_back(static_cast<char>('0' + static_cast<int>(item.kind)));
  }
  const auto wait = by_tool_.take(key, now);
  if (wait.count() == 0) return std::nullopt;
  ++refused_.tool;
  return too_many("rate.tool_per_minute", wait);
}

std::optional<mcp::Failure> Access::enter(const identity::Principal& principal) {
  if (calls_per_principal_ == 0 || !is_limited(principal)) return std::nullopt;
  std::size_t& running = running_[principal.name];
  if (running >= calls_per_principal_) {
    ++refused_.concurrency;
    return too_many("rate.calls_per_principal", std::chrono::seconds{1});
  }
  ++running;
  return std::nullopt;
}

void Access::leave(const identity::Principal& principal) {
  const auto place = running_.find(principal.name);
  if (place != running_.end() && --place->second == 0) running_.erase(place);
}

std::string denial_text(const identity::Principal& principal, std::string_view what,
                        const policy::Decision& decision) {
  std::string text = "Denied: ";
  text.append(principal.role.empty() ? std::string{"a caller without a key"}
                                     : "role \"" + principal.role + "\"");
  return text.append(" may not use ").append(what).append(" (rule ").append(decision.rule + ")");
}

}  // namespace toolpost::call
