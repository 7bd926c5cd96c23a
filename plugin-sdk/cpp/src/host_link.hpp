// SPDX-License-Identifier: Apache-2.0
// The host's table and this instance's context, behind a switch that is thrown when the instance is
// destroyed: a Call that outlives it then becomes inert instead of calling into a dead context.
#pragma once

#include <toolpost/plugin.h>
#include <toolpost/severity.hpp>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace toolpost::sdk::detail {

// Shared by the Plugin and its live Calls. Every function: any thread, never blocks.
class HostLink {
 public:
  HostLink(const toolpost_host* host, toolpost_ctx* context) noexcept
      : host_(host), context_(context) {}

  void close() noexcept { is_open_.store(false, std::memory_order_release); }

  const void* extension(const char* id) const noexcept;
  void log(toolpost_call_id id, Severity severity, std::string_view text) const noexcept;
  void set_error(std::string_view text) const noexcept;
  toolpost_status add(const toolpost_item& item) const noexcept;
  toolpost_status remove(toolpost_kind kind, std::string_view key) const noexcept;
  toolpost_status complete(toolpost_call_id id, const toolpost_outcome& outcome) const noexcept;
  // A failure that needs no memory: for the paths where an allocation has just failed.
  toolpost_status fail(toolpost_call_id id, toolpost_status status,
                       std::string_view message) const noexcept;
  toolpost_status progress(toolpost_call_id id, double done, double total,
                           std::string_view text) const noexcept;
  void resource_updated(std::string_view uri) const noexcept;
  bool is_cancelled(toolpost_call_id id) const noexcept;
  std::int64_t remaining_ms(toolpost_call_id id) const noexcept;

  // For the functions of extensions.
  toolpost_ctx* context() const noexcept { return context_; }

  const toolpost_host& table() const noexcept { return *host_; }

 private:
  bool is_open() const noexcept { return is_open_.load(std::memory_order_acquire); }

  const toolpost_host* host_;
  toolpost_ctx* context_;
  std::atomic<bool> is_open_{true};
};

// The same text as the ABI wants it, and back.
inline toolpost_str to_abi(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

inline std::string_view from_abi(toolpost_str text) noexcept {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

}  // namespace toolpost::sdk::detail
