// SPDX-License-Identifier: Apache-2.0
// Each function forwards to the host's table while the instance lives.
#include "host_link.hpp"

#include <toolpost/ext/subscribe.h>

namespace toolpost::sdk::detail {

const void* HostLink::extension(const char* id) const noexcept {
  return is_open() ? host_->get_extension(context_, id) : nullptr;
}

void HostLink::log(toolpost_call_id id, Severity severity, std::string_view text) const noexcept {
  if (is_open()) {
    host_->log(context_, id, static_cast<toolpost_severity>(severity), text.data(), text.size());
  }
}

void HostLink::set_error(std::string_view text) const noexcept {
  if (is_open()) host_->set_error(context_, text.data(), text.size());
}

toolpost_status HostLink::add(const toolpost_item& item) const noexcept {
  return is_open() ? host_->add(context_, &item) : TOOLPOST_E_STATE;
}

toolpost_status HostLink::remove(toolpost_kind kind, std::string_view key) const noexcept {
  return is_open() ? host_->remove(context_, kind, key.data(), key.size()) : TOOLPOST_E_STATE;
}

toolpost_status HostLink::complete(toolpost_call_id id,
                                   const toolpost_outcome& outcome) const noexcept {
  return is_open() ? host_->complete(context_, id, &outcome) : TOOLPOST_E_STATE;
}

toolpost_status HostLink::fail(toolpost_call_id id, toolpost_status status,
                               std::string_view message) const noexcept {
  toolpost_outcome outcome{};
  outcome.struct_size = sizeof(outcome);
  outcome.status = status;
  outcome.message = to_abi(message);
  return complete(id, outcome);
}

toolpost_status HostLink::progress(toolpost_call_id id, double done, double total,
                                   std::string_view text) const noexcept {
  if (!is_open()) return TOOLPOST_E_STATE;
  return host_->progress(context_, id, done, total, text.data(), text.size());
}

// A host without the extension has nobody to tell.
void HostLink::resource_updated(std::string_view uri) const noexcept {
  const auto* table = static_cast<const toolpost_subscribe*>(extension(TOOLPOST_EXT_SUBSCRIBE));
  if (table != nullptr && TOOLPOST_HAS(table, toolpost_subscribe, updated)) {
    table->updated(context_, uri.data(), uri.size());
  }
}

bool HostLink::is_cancelled(toolpost_call_id id) const noexcept {
  return !is_open() || host_->is_cancelled(context_, id) != 0;
}

std::int64_t HostLink::remaining_ms(toolpost_call_id id) const noexcept {
  return is_open() ? host_->remaining_ms(context_, id) : 0;
}

}  // namespace toolpost::sdk::detail
