// SPDX-License-Identifier: Apache-2.0
#include "audit/retention_words.hpp"

#include "audit/member.hpp"

#include <algorithm>

namespace toolpost::audit {

void RetentionWords::add(const json::Value& record) {
  horizon = std::max(horizon, text_of(record, "horizon"));
  if (const json::Value* all = record.find("links"); all != nullptr && all->is_array()) {
    for (const json::Value& link : all->items()) {
      links[text_of(link, "chain")] = text_of(link, "previous");
    }
  }
  const json::Value* all = record.find("trimmed");
  if (all == nullptr || !all->is_array()) return;
  for (const json::Value& one : all->items()) {
    const auto head = to_hash(text_of(one, "head"));
    if (!head) continue;
    trimmed[text_of(one, "chain")].push_back(
        {static_cast<std::uint32_t>(number_of(one, "segment")), number_of(one, "seq"), *head});
  }
}

void RetentionWords::add(const RetentionWords& other) {
  horizon = std::max(horizon, other.horizon);
  links.insert(other.links.begin(), other.links.end());
  for (const auto& [chain, words] : other.trimmed) {
    auto& place = trimmed[chain];
    place.insert(place.end(), words.begin(), words.end());
  }
}

const RetentionWords::Trimmed* RetentionWords::newest(const std::string& chain) const {
  const auto found = trimmed.find(chain);
  if (found == trimmed.end() || found->second.empty()) return nullptr;
  return &*std::max_element(
      found->second.begin(), found->second.end(),
      [](const Trimmed& a, const Trimmed& b) { return a.segment < b.segment; });
}

void RetentionWords::write(json::Writer& writer) const {
  writer.member("horizon", std::string_view{horizon}).key("trimmed").begin_array();
  for (const auto& [chain, words] : trimmed) {
    const Trimmed& one = *newest(chain);
    writer.begin_object().member("chain", std::string_view{chain});
    writer.member("segment", std::int64_t{one.segment});
    writer.member("seq", static_cast<std::int64_t>(one.seq));
    writer.member("head", std::string_view{to_text(one.head)}).end_object();
  }
  writer.end_array().key("links").begin_array();
  for (const auto& [chain, previous] : links) {
    writer.begin_object().member("chain", std::string_view{chain});
    writer.member("previous", std::string_view{previous}).end_object();
  }
  writer.end_array();
}

}  // namespace toolpost::audit
