// SPDX-License-Identifier: Apache-2.0
#include "host_link.hpp"
#include "received_text.hpp"

#include <toolpost/kv.hpp>

#include <utility>

namespace toolpost::sdk {

Kv::Kv(const Context& context) : link_(context.link) {}

// Asked for each time: once the instance is destroyed there is none.
const toolpost_kv* Kv::table() const noexcept {
  const auto* table = static_cast<const toolpost_kv*>(link_->extension(TOOLPOST_EXT_KV));
  return table != nullptr && TOOLPOST_HAS(table, toolpost_kv, remove) ? table : nullptr;
}

bool Kv::is_available() const noexcept {
  return table() != nullptr;
}

std::optional<std::string> Kv::get(std::string_view key) const {
  const toolpost_kv* table = this->table();
  if (table == nullptr) return std::nullopt;
  detail::ReceivedText value;
  const toolpost_status status =
      table->get(link_->context(), key.data(), key.size(), &detail::ReceivedText::receive, &value);
  if (status != TOOLPOST_OK || !value.is_complete) return std::nullopt;
  return std::move(value.text);
}

bool Kv::set(std::string_view key, std::string_view value,
             std::chrono::seconds life) const noexcept {
  const toolpost_kv* table = this->table();
  if (table == nullptr || life.count() < 1 || life.count() > TOOLPOST_KV_MAX_LIFE) return false;
  toolpost_kv_entry entry{};
  entry.struct_size = sizeof(entry);
  entry.life_s = static_cast<std::uint32_t>(life.count());
  entry.key = detail::to_abi(key);
  entry.value = detail::to_abi(value);
  return table->set(link_->context(), &entry) == TOOLPOST_OK;
}

bool Kv::remove(std::string_view key) const noexcept {
  const toolpost_kv* table = this->table();
  return table != nullptr && table->remove(link_->context(), key.data(), key.size()) == TOOLPOST_OK;
}

}  // namespace toolpost::sdk
