// SPDX-License-Identifier: Apache-2.0
// A tool that was given to the host: what item.user_data points to, and who owns it.
#pragma once

#include "call_state.hpp"
#include "host_link.hpp"

#include <toolpost/tool.hpp>

#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace toolpost::sdk::detail {

class RuntimeList;

struct ToolRuntime {
  Tool tool;
  std::shared_ptr<HostLink> link;
  std::shared_ptr<CallTable> calls;
  RuntimeList* owner;
};

// The runtimes that the host may still use; each goes in on_release, the rest with the instance.
// Any thread.
class RuntimeList {
 public:
  ToolRuntime& insert(const Tool& tool, const std::shared_ptr<HostLink>& link);
  void erase(const ToolRuntime& runtime) noexcept;

 private:
  std::mutex mutex_;
  std::list<ToolRuntime> list_;
};

// The item with its callbacks. Points into both arguments.
toolpost_item item_of(ToolRuntime& runtime, const std::string& definition) noexcept;

}  // namespace toolpost::sdk::detail
