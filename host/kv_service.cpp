// SPDX-License-Identifier: Apache-2.0
#include "kv_service.hpp"

#include <toolpost/ext/kv.h>

namespace toolpost {
namespace {

// No plugin's id has a colon, so that no two of them have a key in common.
std::string name_of(std::string_view plugin, std::string_view key) {
  std::string name;
  name.reserve(plugin.size() + 1 + key.size());
  return name.append(plugin).append(":").append(key);
}

store::SealedValues::UnixTime now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

KvService::KvService(store::Store& store, const identity::SealKeys& keys, const std::string& prefix,
                     Log& log)
    : log_(log), values_(store, keys, prefix + ":kv:", now) {}

std::int32_t KvService::get(std::string_view plugin, std::string_view key, std::string& value) {
  auto found = values_.get(name_of(plugin, key));
  if (!found) return TOOLPOST_E_UNAVAILABLE;
  if (!*found) {
    complain_of_rejected();
    return TOOLPOST_E_NOT_FOUND;
  }
  value = std::move(**found);
  return TOOLPOST_OK;
}

std::int32_t KvService::set(std::string_view plugin, std::string_view key, std::string_view value,
                            std::chrono::seconds life) {
  return values_.set(name_of(plugin, key), value, life) ? TOOLPOST_OK : TOOLPOST_E_UNAVAILABLE;
}

std::int32_t KvService::remove(std::string_view plugin, std::string_view key) {
  return values_.remove(name_of(plugin, key)) ? TOOLPOST_OK : TOOLPOST_E_UNAVAILABLE;
}

// With the first, and then with each that doubles their number: whoever fills a Redis with them
// does not fill the log.
void KvService::complain_of_rejected() {
  const std::uint64_t count = values_.rejected();
  std::uint64_t told = told_;
  while (count != 0 && count >= 2 * told && count != told) {
    if (!told_.compare_exchange_weak(told, count)) continue;
    log_.warn("values in Redis were not sealed by this server or were changed; each is a miss",
              {{"count", static_cast<std::int64_t>(count)}});
    return;
  }
}

}  // namespace toolpost
