// SPDX-License-Identifier: Apache-2.0
// May this caller do this now? Roles and rates for every request, asked by the dispatcher and by
// nobody else.
#pragma once

#include "base/published.hpp"
#include "identity/principal.hpp"
#include "mcp/answer.hpp"
#include "policy/access_rules.hpp"
#include "policy/rate_limiter.hpp"
#include "registry/registry.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace toolpost::call {

struct AccessLimits {
  policy::RateLimit principal;
  policy::RateLimit address;
  policy::RateLimit tool;               // of one principal
  std::size_t calls_per_principal = 0;  // running or waiting at once; 0: no limit
};

// Whether a role may use an item, and by which rule: tools by name, what is read by URI, prompts by
// name, completions as what they complete. `subject` is what was named; for a template in a list,
// the template itself.
bool may_use(const policy::AccessRules& rules, std::string_view role, const registry::Item& item,
             std::string_view subject);
policy::Decision explain(const policy::AccessRules& rules, std::string_view role,
                         const registry::Item& item, std::string_view subject);

// Belongs to the I/O thread. Without authentication nothing is limited: there is one caller, and
// the machine is theirs.
class Access {
 public:
  // Only admins may do anything, and nothing is limited.
  Access() : Access(std::make_shared<const policy::AccessRules>(), {}) {}

  Access(std::shared_ptr<const policy::AccessRules> rules, const AccessLimits& limits);

  // Others from now on. What has been counted so far still counts.
  void use(std::shared_ptr<const policy::AccessRules> rules, const AccessLimits& limits);

  const policy::AccessRules& rules() const noexcept { return rules_.own(); }

  // For other threads; what they get never changes.
  std::shared_ptr<const policy::AccessRules> shared_rules() const { return rules_.get(); }

  bool may_use(const identity::Principal& principal, const registry::Item& item,
               std::string_view subject) const {
    return call::may_use(rules(), principal.role, item, subject);
  }

  // Counts one request. `address` may be empty: the caller has none.
  std::optional<mcp::Failure> count_request(const identity::Principal& principal,
                                            std::string_view address,
                                            policy::RateLimiter::Time now);
  // Counts one call of an item, beside its request.
  std::optional<mcp::Failure> count_call(const identity::Principal& principal,
                                         const registry::Item& item, policy::RateLimiter::Time now);

  // What was refused so far, by limit.
  struct Refused {
    std::uint64_t address = 0;
    std::uint64_t principal = 0;
    std::uint64_t tool = 0;
    std::uint64_t concurrency = 0;
  };

  const Refused& refused() const noexcept { return refused_; }

  // The limiters by name, for whoever shares them with other processes.
  template <class Function>
  void each_limiter(Function function) {
    function("principal", by_principal_);
    function("address", by_address_);
    function("tool", by_tool_);
  }

  // Takes a place for a call, or says that the principal has too many.
  std::optional<mcp::Failure> enter(const identity::Principal& principal);
  void leave(const identity::Principal& principal);

 private:
  Published<policy::AccessRules> rules_;
  policy::RateLimiter by_principal_;
  policy::RateLimiter by_address_;
  policy::RateLimiter by_tool_;
  std::size_t calls_per_principal_;
  std::unordered_map<std::string, std::size_t> running_;
  Refused refused_;
};

// The words for what the role may not use; they name the rule.
std::string denial_text(const identity::Principal& principal, std::string_view what,
                        const policy::Decision& decision);

}  // namespace toolpost::call
