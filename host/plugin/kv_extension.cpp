// SPDX-License-Identifier: Apache-2.0
// Each function is a border, see host_table.cpp.
#include "plugin/kv_extension.hpp"

#include "plugin/abi_text.hpp"
#include "plugin/host_table.hpp"
#include "plugin/instance.hpp"
#include "plugin/loader/versioned.hpp"

#include <new>

namespace toolpost::plugin {
namespace {

bool is_key(const char* key, std::size_t size) noexcept {
  return key != nullptr && size != 0 && size <= TOOLPOST_KV_MAX_KEY;
}

template <class Function>
toolpost_status with_kv(toolpost_ctx* ctx, Function function) noexcept {
  if (ctx == nullptr) return TOOLPOST_E_INVALID;
  try {
    Instance& instance = *from_ctx(ctx);
    if (!instance.is_alive()) return TOOLPOST_E_STATE;
    return function(*instance.host_services().kv, instance.id());
  } catch (const std::bad_alloc&) {
    return TOOLPOST_E_LIMIT;
  } catch (...) {
    return TOOLPOST_E_INTERNAL;
  }
}

toolpost_status TOOLPOST_CALL get(toolpost_ctx* ctx, const char* key, size_t key_size,
                                  toolpost_recv recv, void* user) noexcept {
  return with_kv(ctx, [&](call::KvService& kv, const std::string& plugin) -> toolpost_status {
    if (!is_key(key, key_size) || recv == nullptr) return TOOLPOST_E_INVALID;
    std::string value;
    const toolpost_status status = kv.get(plugin, {key, key_size}, value);
    if (status == TOOLPOST_OK) recv(user, value.data(), value.size());
    return status;
  });
}

toolpost_status TOOLPOST_CALL set(toolpost_ctx* ctx, const toolpost_kv_entry* from) noexcept {
  return with_kv(ctx, [&](call::KvService& kv, const std::string& plugin) -> toolpost_status {
    toolpost_kv_entry entry{};
    if (const auto status = read_versioned(from, entry); status != TOOLPOST_OK) return status;
    if (!is_key(entry.key.data, entry.key.size) || entry.life_s == 0 ||
        entry.life_s > TOOLPOST_KV_MAX_LIFE) {
      return TOOLPOST_E_INVALID;
    }
    if (entry.value.size > TOOLPOST_KV_MAX_VALUE) return TOOLPOST_E_LIMIT;
    if (entry.value.data == nullptr && entry.value.size != 0) return TOOLPOST_E_INVALID;
    return kv.set(plugin, view(entry.key), view(entry.value), std::chrono::seconds{entry.life_s});
  });
}

toolpost_status TOOLPOST_CALL remove(toolpost_ctx* ctx, const char* key, size_t key_size) noexcept {
  return with_kv(ctx, [&](call::KvService& kv, const std::string& plugin) -> toolpost_status {
    if (!is_key(key, key_size)) return TOOLPOST_E_INVALID;
    return kv.remove(plugin, {key, key_size});
  });
}

constexpr toolpost_kv kKvTable = {
    .struct_size = sizeof(toolpost_kv), .reserved = 0, .get = get, .set = set, .remove = remove};

}  // namespace

const toolpost_kv* kv_table() noexcept {
  return &kKvTable;
}

}  // namespace toolpost::plugin
