// SPDX-License-Identifier: Apache-2.0
// An item that was given to the host: what item.user_data points to, and who owns it.
#pragma once

#include "call_state.hpp"
#include "host_link.hpp"

#include <toolpost/item.hpp>

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::sdk::detail {

class RuntimeList;

struct ItemRuntime {
  Item item;
  std::shared_ptr<HostLink> link;
  std::shared_ptr<CallTable> calls;
  RuntimeList* owner;
};

// The runtimes that the host may still use; each goes in on_release, the rest with the instance.
// Any thread.
class RuntimeList {
 public:
  ItemRuntime& insert(const Item& item, const std::shared_ptr<HostLink>& link);
  void erase(const ItemRuntime& runtime) noexcept;
  // The keys of the completions for arguments of `subject`, as completion_item() has it.
  std::vector<std::string> completions_of(std::string_view subject) const;

 private:
  mutable std::mutex mutex_;
  std::list<ItemRuntime> list_;
};

// The item with its callbacks. Points into both arguments.
toolpost_item item_of(ItemRuntime& runtime, const std::string& definition) noexcept;

}  // namespace toolpost::sdk::detail
