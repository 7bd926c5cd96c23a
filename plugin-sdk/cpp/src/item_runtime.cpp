// SPDX-License-Identifier: Apache-2.0
// on_call, on_cancel and on_release of every item.
#include "item_runtime.hpp"

#include "barrier.hpp"

#include <algorithm>
#include <utility>

namespace toolpost::sdk::detail {
namespace {

// Completes a call whose handler let go of it by throwing, or by swallowing what unwound it.
void settle(const std::shared_ptr<CallState>& state, Status status,
            std::string_view message) noexcept {
  if (!state->is_left_to_barrier() || state->is_finished()) return;
  try {
    Call(state).complete(Result::failure(status, std::string(message)));
  } catch (...) {
    if (state->begin_finish()) state->link().fail(state->id(), TOOLPOST_E_LIMIT, kNoMemory);
  }
}

void TOOLPOST_CALL on_call(void* user_data, toolpost_call_id id,
                           const toolpost_request* request) noexcept {
  const auto& runtime = *static_cast<ItemRuntime*>(user_data);
  std::shared_ptr<CallState> state;
  try {
    state = std::make_shared<CallState>(runtime.link, runtime.calls, id, request);
    runtime.calls->insert(id, state);
  } catch (...) {
    runtime.link->fail(id, TOOLPOST_E_LIMIT, kNoMemory);
    return;
  }
  state->enter_handler();
  guarded(
      *runtime.link, id,
      [&] {
        runtime.item.handler(Call(state));
        settle(state, Status::kInternal, "the plugin dropped the call unanswered");
      },
      [&](Status status, std::string_view message) { settle(state, status, message); });
  state->leave_handler();
}

void TOOLPOST_CALL on_cancel(void* user_data, toolpost_call_id id) noexcept {
  const auto state = static_cast<ItemRuntime*>(user_data)->calls->find(id);
  if (state != nullptr) state->cancel();
}

void TOOLPOST_CALL on_release(void* user_data) noexcept {
  auto* runtime = static_cast<ItemRuntime*>(user_data);
  runtime->owner->erase(*runtime);
}

}  // namespace

ItemRuntime& RuntimeList::insert(const Item& item, const std::shared_ptr<HostLink>& link) {
  ItemRuntime runtime{item, link,
                      std::make_shared<CallTable>(item.definition.value_or("mimeType", "")), this};
  const std::lock_guard lock(mutex_);
  return list_.emplace_back(std::move(runtime));
}

void RuntimeList::erase(const ItemRuntime& runtime) noexcept {
  std::list<ItemRuntime> dropped;  // destroyed after the lock
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(list_.begin(), list_.end(),
                                  [&](const ItemRuntime& other) { return &other == &runtime; });
  if (found != list_.end()) dropped.splice(dropped.begin(), list_, found);
}

std::vector<std::string> RuntimeList::completions_of(std::string_view subject) const {
  std::vector<std::string> keys;
  if (subject.empty()) return keys;
  const std::lock_guard lock(mutex_);
  for (const ItemRuntime& runtime : list_) {
    const Item& item = runtime.item;
    if (item.kind == TOOLPOST_KIND_COMPLETION && item.subject == subject) keys.push_back(item.key);
  }
  return keys;
}

toolpost_item item_of(ItemRuntime& runtime, const std::string& definition) noexcept {
  toolpost_item item{};
  item.struct_size = sizeof(item);
  item.kind = runtime.item.kind;
  item.key = to_abi(runtime.item.key);
  item.definition = to_abi(definition);
  item.flags = runtime.item.flags;
  item.max_concurrency = runtime.item.max_concurrency;
  item.timeout_ms = runtime.item.timeout_ms;
  item.client_features = runtime.item.client_features;
  item.user_data = &runtime;
  item.on_call = &on_call;
  item.on_cancel = &on_cancel;
  item.on_release = &on_release;
  return item;
}

}  // namespace toolpost::sdk::detail
