// SPDX-License-Identifier: Apache-2.0
#include "index/interned_texts.hpp"

#include <algorithm>
#include <functional>

namespace toolpost::project_index {
namespace {

constexpr std::size_t kFirstSlots = 1024;

std::uint32_t hash_of(std::string_view text) noexcept {
  const std::uint64_t hash = std::hash<std::string_view>()(text);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

std::uint32_t InternedTexts::number_of(std::string_view text) {
  if (ends_.size() * 2 >= slots_.size()) grow();
  const auto hash = hash_of(text);
  const auto mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.number == kFree) {
      const auto number = size();
      bytes_ += text;
      ends_.push_back(bytes_.size());
      slot = {hash, number};
      return number;
    }
    if (slot.hash == hash && this->text(slot.number) == text) return slot.number;
  }
}

void InternedTexts::grow() {
  std::vector<Slot> before(std::max(slots_.size() * 2, kFirstSlots));
  before.swap(slots_);
  const auto mask = slots_.size() - 1;
  for (const Slot& slot : before) {
    if (slot.number == kFree) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].number != kFree) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace toolpost::project_index
