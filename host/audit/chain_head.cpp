// SPDX-License-Identifier: Apache-2.0
#include "audit/chain_head.hpp"

#include "audit/chain.hpp"
#include "audit/member.hpp"
#include "audit/proven.hpp"
#include "audit/segment_text.hpp"
#include "json/parser.hpp"

#include <optional>

namespace toolpost::audit {
namespace {

// Nearly every chain's first records fit; where they do not, the segment is read as a whole.
constexpr std::uint64_t kHeadBytes = std::uint64_t{256} << 10;

void take(ChainHead& head, const Line& line, std::string_view text) {
  const auto document = json::parse(text);
  if (!document) return;
  const json::Value& root = document->root();
  if (line.type == "start") {
    const json::Value* previous = root.find("previous");
    if (previous != nullptr && previous->is_object()) head.previous = text_of(*previous, "chain");
    return;
  }
  const auto hash = to_hash(text_of(root, "head"));
  const json::Value* damaged = root.find("damaged");
  if (!hash || (damaged != nullptr && damaged->is_bool() && damaged->as_bool())) return;
  head.closed[text_of(root, "of")] = {std::string{line.time}, number_of(root, "last"), *hash};
}

// Nothing when these bytes end before something else than first records does.
std::optional<ChainHead> read_within(const Directory& directory, const std::string& chain,
                                     const VerifyKeys& keys, std::uint64_t limit) {
  const auto segment = read_segment(directory, chain, 1, limit);
  if (!segment) return ChainHead{};
  ChainHead head;
  bool has_ended = segment->text.size() < limit;
  for_each_proven(segment->text, chain, genesis(chain), keys,
                  [&](const Line& line, std::string_view text) {
                    if (line.type == "start" || line.type == "closed") {
                      take(head, line, text);
                      return true;
                    }
                    const bool is_among_them = line.type == "checkpoint" || line.type == "config";
                    has_ended = has_ended || !is_among_them;
                    return is_among_them;
                  });
  if (!has_ended) return std::nullopt;
  return head;
}

}  // namespace

ChainHead read_head(const Directory& directory, const std::string& chain,
                    const std::vector<std::uint32_t>& segments, const VerifyKeys& keys) {
  if (segments.front() != 1) return {};
  auto head = read_within(directory, chain, keys, kHeadBytes);
  if (!head) head = read_within(directory, chain, keys, kMaxSegmentBytes);
  return head ? std::move(*head) : ChainHead{};
}

}  // namespace toolpost::audit
