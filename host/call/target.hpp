// SPDX-License-Identifier: Apache-2.0
// Which item a request is for, and with which arguments the plugin gets it.
#pragma once

#include "mcp/answer.hpp"
#include "mcp/message.hpp"
#include "registry/registry.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::call {

struct Target {
  std::shared_ptr<const registry::Item> item{};  // null when there is none
  std::string_view subject{};                    // what was named; slice of the message or the item
  std::string arguments{};  // those that do not stand in the message as they are; empty: none
  // Nobody completes that argument; `item` is the prompt or template then, and is not called.
  bool has_no_completion = false;
  std::optional<mcp::Failure> failure{};  // then nothing is called
  bool is_unknown = false;                // the failure is that there is no such item
};

// The methods that become calls.
bool is_call(std::string_view method) noexcept;

// For a method that is one.
Target find_target(const registry::Snapshot& snapshot, const mcp::Message& message,
                   mcp::Version version);

// No such resource, with the URI in `data`. The code has changed with 2026-07-28.
mcp::Failure resource_not_found(std::string_view uri, mcp::Version version);

}  // namespace toolpost::call
