// SPDX-License-Identifier: Apache-2.0
// Each function is a border, see host_table.cpp.
#include "plugin/extensions.hpp"

#include "plugin/abi_text.hpp"
#include "plugin/host_table.hpp"
#include "plugin/instance.hpp"
#include "plugin/kv_extension.hpp"
#include "plugin/loader/versioned.hpp"

#include <toolpost/ext/policy.h>
#include <toolpost/ext/subscribe.h>
#include <toolpost/ext/users.h>

#include <algorithm>
#include <new>

namespace toolpost::plugin {
namespace {

constexpr std::size_t kMaxArgumentBytes = std::size_t{4} * 1024 * 1024;

constexpr std::string_view kIds[] = {TOOLPOST_EXT_KV, TOOLPOST_EXT_POLICY, TOOLPOST_EXT_USERS};

bool is_readable(const toolpost_str& text) {
  return text.size == 0 || (text.data != nullptr && text.size <= kMaxArgumentBytes);
}

template <class Function>
toolpost_status answer_with(toolpost_ctx* ctx, toolpost_recv recv, void* user,
                            Function function) noexcept {
  if (ctx == nullptr || recv == nullptr) return TOOLPOST_E_INVALID;
  try {
    const call::ServiceAnswer answer = function(*from_ctx(ctx));
    if (!answer.text.empty()) recv(user, answer.text.data(), answer.text.size());
    return answer.status;
  } catch (const std::bad_alloc&) {
    return TOOLPOST_E_LIMIT;
  } catch (...) {
    return TOOLPOST_E_INTERNAL;
  }
}

toolpost_status TOOLPOST_CALL check_policy(toolpost_ctx* ctx, toolpost_call_id id,
                                           const toolpost_policy_query* from, toolpost_recv recv,
                                           void* user) noexcept {
  return answer_with(ctx, recv, user, [&](Instance& instance) -> call::ServiceAnswer {
    toolpost_policy_query query{};
    if (const auto status = read_versioned(from, query); status != TOOLPOST_OK) return {status};
    if (query.reserved != 0) return {TOOLPOST_E_UNSUPPORTED};
    if (!is_readable(query.action) || !is_readable(query.resource) || !is_readable(query.context)) {
      return {TOOLPOST_E_INVALID};
    }
    const auto principal = instance.caller_of(id);
    if (!principal) return {TOOLPOST_E_STATE};
    return instance.host_services().policy->check(*principal, view(query.action),
                                                  view(query.resource), view(query.context));
  });
}

toolpost_status TOOLPOST_CALL manage_users(toolpost_ctx* ctx, toolpost_call_id id,
                                           const toolpost_users_request* from, toolpost_recv recv,
                                           void* user) noexcept {
  return answer_with(ctx, recv, user, [&](Instance& instance) -> call::ServiceAnswer {
    toolpost_users_request request{};
    if (const auto status = read_versioned(from, request); status != TOOLPOST_OK) return {status};
    if (request.reserved != 0) return {TOOLPOST_E_UNSUPPORTED};
    if (!is_readable(request.operation) || !is_readable(request.arguments)) {
      return {TOOLPOST_E_INVALID};
    }
    const auto principal = instance.caller_of(id);
    if (!principal) return {TOOLPOST_E_STATE};
    return instance.host_services().users->manage(*principal, view(request.operation),
                                                  view(request.arguments));
  });
}

constexpr toolpost_policy kPolicy = {
    .struct_size = sizeof(toolpost_policy), .reserved = 0, .check = check_policy};
constexpr toolpost_users kUsers = {
    .struct_size = sizeof(toolpost_users), .reserved = 0, .manage = manage_users};

void TOOLPOST_CALL resource_updated(toolpost_ctx* ctx, const char* uri, size_t size) noexcept {
  if (ctx == nullptr || uri == nullptr) return;
  try {
    from_ctx(ctx)->resource_updated({uri, size});
  } catch (const std::bad_alloc&) {
    // Whoever subscribed learns of it at the next change.
  }
}

constexpr toolpost_subscribe kSubscribe = {
    .struct_size = sizeof(toolpost_subscribe), .reserved = 0, .updated = resource_updated};

}  // namespace

std::span<const std::string_view> extension_ids() {
  return kIds;
}

bool needs_grant(std::string_view id) {
  return id != TOOLPOST_EXT_SUBSCRIBE;
}

const void* extension_table(std::string_view id, const call::Services& services) {
  if (id == TOOLPOST_EXT_SUBSCRIBE) return &kSubscribe;
  if (id == TOOLPOST_EXT_POLICY && services.policy != nullptr) return &kPolicy;
  if (id == TOOLPOST_EXT_KV && services.kv != nullptr) return kv_table();
  if (id == TOOLPOST_EXT_USERS && services.users != nullptr) return &kUsers;
  return nullptr;
}

}  // namespace toolpost::plugin
