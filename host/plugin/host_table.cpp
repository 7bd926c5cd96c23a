// SPDX-License-Identifier: Apache-2.0
// Each function is a border: nothing may be thrown into a plugin, and running out of memory is a
// limit like any other.
#include "plugin/host_table.hpp"

#include "base/build_info.hpp"
#include "plugin/instance.hpp"

#include <new>

namespace toolpost::plugin {
namespace {

template <class Function>
toolpost_status guarded(toolpost_ctx* ctx, Function function) noexcept {
  if (ctx == nullptr) return TOOLPOST_E_INVALID;
  try {
    return function(*from_ctx(ctx));
  } catch (const std::bad_alloc&) {
    return TOOLPOST_E_LIMIT;
  } catch (...) {
    return TOOLPOST_E_INTERNAL;
  }
}

const void* TOOLPOST_CALL get_extension(toolpost_ctx* ctx, const char* id) noexcept {
  return ctx == nullptr || id == nullptr ? nullptr : from_ctx(ctx)->extension(id);
}

void TOOLPOST_CALL write_log(toolpost_ctx* ctx, toolpost_call_id id, toolpost_severity severity,
                             const char* text, std::size_t size) noexcept {
  guarded(ctx, [&](Instance& instance) {
    instance.write_log(id, severity, text, size);
    return TOOLPOST_OK;
  });
}

void TOOLPOST_CALL set_error(toolpost_ctx* ctx, const char* text, std::size_t size) noexcept {
  guarded(ctx, [&](Instance& instance) {
    instance.set_error(text, size);
    return TOOLPOST_OK;
  });
}

toolpost_status TOOLPOST_CALL add(toolpost_ctx* ctx, const toolpost_item* item) noexcept {
  return guarded(ctx, [&](Instance& instance) { return instance.add(item); });
}

toolpost_status TOOLPOST_CALL remove_item(toolpost_ctx* ctx, toolpost_kind kind, const char* key,
                                          std::size_t size) noexcept {
  return guarded(ctx, [&](Instance& instance) { return instance.remove(kind, key, size); });
}

toolpost_status TOOLPOST_CALL complete(toolpost_ctx* ctx, toolpost_call_id id,
                                       const toolpost_outcome* outcome) noexcept {
  return guarded(ctx, [&](Instance& instance) { return instance.complete(id, outcome); });
}

toolpost_status TOOLPOST_CALL progress(toolpost_ctx* ctx, toolpost_call_id id, double done,
                                       double total, const char* text, std::size_t size) noexcept {
  return guarded(
      ctx, [&](Instance& instance) { return instance.progress(id, done, total, text, size); });
}

std::int32_t TOOLPOST_CALL is_cancelled(toolpost_ctx* ctx, toolpost_call_id id) noexcept {
  return ctx == nullptr || from_ctx(ctx)->is_cancelled(id) ? 1 : 0;
}

std::int64_t TOOLPOST_CALL remaining_ms(toolpost_ctx* ctx, toolpost_call_id id) noexcept {
  return ctx == nullptr ? 0 : from_ctx(ctx)->remaining_ms(id);
}

constexpr std::string_view kProduct = "toolpost";

constexpr toolpost_host kHostTable = {
    .struct_size = sizeof(toolpost_host),
    .abi_version = TOOLPOST_ABI_VERSION,
    .product = {kProduct.data(), kProduct.size()},
    .version = {kVersion.data(), kVersion.size()},
    .get_extension = get_extension,
    .log = write_log,
    .set_error = set_error,
    .add = add,
    .remove = remove_item,
    .complete = complete,
    .progress = progress,
    .is_cancelled = is_cancelled,
    .remaining_ms = remaining_ms,
};

}  // namespace

const toolpost_host& host_table() noexcept {
  return kHostTable;
}

toolpost_ctx* to_ctx(Instance& instance) noexcept {
  return reinterpret_cast<toolpost_ctx*>(&instance);
}

Instance* from_ctx(toolpost_ctx* ctx) noexcept {
  return reinterpret_cast<Instance*>(ctx);
}

}  // namespace toolpost::plugin
