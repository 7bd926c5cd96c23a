// SPDX-License-Identifier: Apache-2.0
// on_call, on_cancel and on_release of every tool.
#include "tool_runtime.hpp"

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
  const auto& runtime = *static_cast<ToolRuntime*>(user_data);
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
        runtime.tool.handler()(Call(state));
        settle(state, Status::kInternal, "the plugin dropped the call unanswered");
      },
      [&](Status status, std::string_view message) { settle(state, status, message); });
  state->leave_handler();
}

void TOOLPOST_CALL on_cancel(void* user_data, toolpost_call_id id) noexcept {
  const auto state = static_cast<ToolRuntime*>(user_data)->calls->find(id);
  if (state != nullptr) state->cancel();
}

void TOOLPOST_CALL on_release(void* user_data) noexcept {
  auto* runtime = static_cast<ToolRuntime*>(user_data);
  runtime->owner->erase(*runtime);
}

}  // namespace

ToolRuntime& RuntimeList::insert(const Tool& tool, const std::shared_ptr<HostLink>& link) {
  ToolRuntime runtime{tool, link, std::make_shared<CallTable>(), this};
  const std::lock_guard lock(mutex_);
  return list_.emplace_back(std::move(runtime));
}

void RuntimeList::erase(const ToolRuntime& runtime) noexcept {
  std::list<ToolRuntime> dropped;  // destroyed after the lock
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(list_.begin(), list_.end(),
                                  [&](const ToolRuntime& other) { return &other == &runtime; });
  if (found != list_.end()) dropped.splice(dropped.begin(), list_, found);
}

toolpost_item item_of(ToolRuntime& runtime, const std::string& definition) noexcept {
  toolpost_item item = runtime.tool.describe(definition);
  item.user_data = &runtime;
  item.on_call = &on_call;
  item.on_cancel = &on_cancel;
  item.on_release = &on_release;
  return item;
}

}  // namespace toolpost::sdk::detail
