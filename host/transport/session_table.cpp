// SPDX-License-Identifier: Apache-2.0
#include "transport/session_table.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <array>
#include <sys/random.h>

namespace toolpost::transport {
namespace {

// 256 bits in hexadecimal: visible ASCII, as the header demands.
std::string random_id() {
  std::array<unsigned char, 32> bytes{};
  // Up to 256 bytes come whole or not at all.
  TOOLPOST_CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string id;
  for (const unsigned char byte : bytes) {
    id.push_back(kHex[byte >> 4]);
    id.push_back(kHex[byte & 15]);
  }
  return id;
}

}  // namespace

std::string SessionTable::add(std::shared_ptr<call::LegacySession> session, std::string owner) {
  if (sessions_.size() >= capacity_) make_room(owner);
  std::string id = random_id();
  auto entry = std::make_shared<HttpSession>();
  entry->legacy = std::move(session);
  entry->owner = std::move(owner);
  entry->last_used = std::chrono::steady_clock::now();
  sessions_.emplace(id, std::move(entry));
  return id;
}

void SessionTable::make_room(std::string_view owner) {
  const auto own = static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [&](const auto& entry) { return entry.second->owner == owner; }));
  const bool among_own = own > capacity_ / kShare;
  const auto oldest =
      std::min_element(sessions_.begin(), sessions_.end(), [&](const auto& a, const auto& b) {
        const bool a_counts = !among_own || a.second->owner == owner;
        const bool b_counts = !among_own || b.second->owner == owner;
        if (a_counts != b_counts) return a_counts;
        return a.second->last_used < b.second->last_used;
      });
  sessions_.erase(oldest);
}

std::shared_ptr<HttpSession> SessionTable::find(const std::string& id, std::string_view owner) {
  const auto place = sessions_.find(id);
  if (place == sessions_.end() || place->second->owner != owner) return nullptr;
  place->second->last_used = std::chrono::steady_clock::now();
  return place->second;
}

bool SessionTable::remove(const std::string& id) {
  return sessions_.erase(id) != 0;
}

void SessionTable::sweep(std::chrono::steady_clock::time_point now) {
  std::erase_if(sessions_,
                [&](const auto& entry) { return now - entry.second->last_used > idle_; });
}

}  // namespace toolpost::transport
