// SPDX-License-Identifier: Apache-2.0
#include "audit/verify.hpp"

#include "audit/chain.hpp"
#include "audit/chain_check.hpp"
#include "audit/line.hpp"
#include "base/utc_time.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace toolpost::audit {
namespace {

using Chains = std::map<std::string, CheckedChain>;

// What the chains say of each other, as far as it is proven.
struct Words {
  std::map<std::string, ClosedWord> closed;
  RetentionWords retention;
};

Words gather(const Chains& chains) {
  Words words;
  for (const auto& [name, chain] : chains) {
    for (const auto& [of, word] : chain.closed) {
      // A chain may be closed twice when what remembers it was lost; both say the same, except of
      // what is cut off by then.
      const auto [place, is_new] = words.closed.emplace(of, word);
      if (is_new) continue;
      auto& tails = place->second.tails;
      tails.insert(tails.end(), word.tails.begin(), word.tails.end());
    }
    words.retention.add(chain.retention);
  }
  return words;
}

// The first damage of a chain counts.
void damage(CheckedChain& chain, std::uint64_t seq, std::string what) {
  if (chain.damage && chain.damage->seq <= seq) return;
  chain.damage = Damage{chain.report.chain, seq, {}, 0, std::move(what)};
}

const Hash* hash_of(const CheckedChain& chain, std::uint64_t seq) {
  if (seq < chain.report.first || seq - chain.report.first >= chain.hashes.size()) return nullptr;
  return &chain.hashes[seq - chain.report.first];
}

// Where removing has begun and was not finished, some of what the word names is still there.
void check_beginning(CheckedChain& chain, const RetentionWords& retention) {
  const ChainReport& report = chain.report;
  if (report.first == 1 && chain.first_segment == 1) return;
  const auto trimmed = retention.trimmed.find(report.chain);
  if (trimmed != retention.trimmed.end()) {
    const auto line = read_line(chain.first_line);
    for (const RetentionWords::Trimmed& one : trimmed->second) {
      Hash after{};
      const Hash* hash = hash_of(chain, one.seq);
      const bool is_next = one.segment + 1 == chain.first_segment && one.seq + 1 == report.first;
      if (is_next ? line && follows(*line, one.head, &after)
                  : one.segment >= chain.first_segment && hash != nullptr && *hash == one.head) {
        return;
      }
    }
  }
  damage(chain, 1,
         "its first segments are gone, and no record says that they were removed by order");
}

// The first record that is not as the word lists it.
void compare(CheckedChain& chain, const ClosedWord& closed) {
  for (std::size_t i = 0; (i + 1) * kDigestBytes <= closed.digests.size(); ++i) {
    const Hash* hash = hash_of(chain, closed.from + i);
    if (hash == nullptr) return;
    const std::string_view digest =
        std::string_view{closed.digests}.substr(i * kDigestBytes, kDigestBytes);
    if (bytes_of(*hash).substr(0, kDigestBytes) == digest) continue;
    damage(chain, closed.from + i,
           "the record is not the one that chain " + closed.by + " has seen");
    return;
  }
}

bool is_known(const Directory& directory, const CheckedChain& chain, const ClosedTail& tail) {
  const auto& unbegun = tail.unbegun;
  if (!chain.unbegun.empty() &&
      std::find(unbegun.begin(), unbegun.end(), chain.unbegun + ".torn") == unbegun.end()) {
    return false;
  }
  if (chain.tail.empty() || chain.tail == tail.torn) return true;
  if (tail.torn_file.empty()) return false;
  const auto kept = directory.read(tail.torn_file, chain.tail.size());
  return kept && *kept == chain.tail;
}

// Behind the last record nothing stands but what is recorded and not cut off yet.
void check_tail(const Directory& directory, CheckedChain& chain, const ClosedWord& closed) {
  if (chain.tail.empty() && chain.unbegun.empty()) return;
  for (const ClosedTail& tail : closed.tails) {
    if (is_known(directory, chain, tail)) return;
  }
  const std::string what =
      chain.unbegun.empty() ? "what stands behind the last record" : "segment " + chain.unbegun;
  damage(chain, closed.seq + 1,
         what + " was added after chain " + closed.by + " had seen the end of this one");
}

void check_end(const Directory& directory, CheckedChain& chain, const Words& words) {
  const auto word = words.closed.find(chain.report.chain);
  if (word == words.closed.end()) return;
  const ClosedWord& closed = word->second;
  chain.report.state = ChainState::kClosed;
  const std::uint64_t records = chain.report.records;
  compare(chain, closed);
  if (records < closed.seq) {
    damage(chain, records + 1,
           "the end was cut off: chain " + closed.by + " has seen " + std::to_string(closed.seq) +
               " records");
    return;
  }
  const Hash* hash = hash_of(chain, closed.seq);
  if (closed.seq != 0 && (hash == nullptr || *hash != closed.head)) {
    damage(chain, closed.seq, "the record is not the one that chain " + closed.by + " has seen");
  } else if (records > closed.seq) {
    damage(chain, closed.seq + 1,
           "the record was added after chain " + closed.by + " had seen the end of this one");
  } else if (!chain.damage) {
    chain.report.covered = records;
  }
  check_tail(directory, chain, closed);
}

// Each that is closed is there, unless it was closed long enough ago to be removed by order.
void check_closed(const Words& words, const Chains& chains, Report& report) {
  std::set<std::string> told;
  for (const Damage& one : report.damages) told.insert(one.chain);
  for (const auto& [of, word] : words.closed) {
    if (told.contains(of) || chains.contains(of) || is_before(word.time, words.retention.horizon))
      continue;
    report.damages.push_back({of,
                              0,
                              {},
                              0,
                              "the chain is missing: chain " + word.by +
                                  " has seen its end, and no record says that it was removed by "
                                  "order"});
  }
}

void check_previous(const CheckedChain& chain, Chains& chains, const RetentionWords& retention,
                    Report& report) {
  if (!chain.previous) return;
  const auto before = chains.find(chain.previous->chain);
  if (before == chains.end()) {
    const auto link = retention.links.find(chain.report.chain);
    if (link != retention.links.end() && link->second == chain.previous->chain) return;
    report.damages.push_back({chain.previous->chain,
                              0,
                              {},
                              0,
                              "the chain is missing: chain " + chain.report.chain +
                                  " began after it, and no record says that it was removed by "
                                  "order"});
    return;
  }
  const Hash* first = hash_of(before->second, 1);
  if (first != nullptr && chain.previous->hash && *first != *chain.previous->hash) {
    damage(before->second, 1,
           "the record is not the one that chain " + chain.report.chain + " has seen");
  }
}

void check_anchor(const Checkpoint& anchor, Chains& chains, const RetentionWords& retention,
                  Report& report) {
  const auto found = chains.find(anchor.chain);
  if (found == chains.end()) {
    // A chain whose checkpoint is younger cannot have been removed by order.
    if (is_before(anchor.time, retention.horizon)) return;
    report.damages.push_back(
        {anchor.chain, 0, {}, 0, "the chain is missing: the anchor has a checkpoint of it"});
    return;
  }
  CheckedChain& chain = found->second;
  if (anchor.to < chain.report.first) return;  // removed by order, which is checked elsewhere
  const Hash* hash = hash_of(chain, anchor.to);
  // The checkpoint itself, record `to` + 1, was on the disk before it was in the anchor.
  if (hash == nullptr || chain.report.records <= anchor.to) {
    damage(chain, chain.report.records + 1,
           "the end was cut off, or the ledger was taken back to an earlier state: the anchor has "
           "record " +
               std::to_string(anchor.to + 1));
  } else if (*hash != anchor.head) {
    damage(chain, anchor.to, "the record is not the one that the anchor has a checkpoint of");
  }
}

}  // namespace

Result<Report> verify(const Directory& directory, const VerifyOptions& options) {
  VerifyKeys keys = options.keys;
  if (options.anchors) {
    keys.insert(keys.end(), options.anchors->keys.begin(), options.anchors->keys.end());
  }
  if (keys.empty()) return invalid("without a key that is believed nothing can be verified");
  const auto segments = directory.segments();
  if (!segments) return segments.error();
  Report report;
  report.has_anchor = options.anchors && !options.anchors->checkpoints.empty();
  if (options.anchors) {
    report.unread_anchor_lines = options.anchors->unread_lines;
    report.first_unread_anchor_line = options.anchors->first_unread_line;
  }
  Chains chains;
  for (const auto& [name, numbers] : *segments) {
    auto checked = check_chain(directory, name, numbers, keys, &report.bytes);
    if (!checked) return checked.error();
    chains.emplace(name, std::move(*checked));
  }
  const Words words = gather(chains);
  for (auto& [name, chain] : chains) {
    check_beginning(chain, words.retention);
    check_end(directory, chain, words);
  }
  for (const auto& [name, chain] : chains) {
    check_previous(chain, chains, words.retention, report);
  }
  check_closed(words, chains, report);
  if (options.anchors) {
    for (const Checkpoint& anchor : options.anchors->checkpoints) {
      check_anchor(anchor, chains, words.retention, report);
    }
  }
  for (auto& [name, chain] : chains) {
    if (chain.damage) {
      chain.report.covered = std::min(chain.report.covered, chain.damage->seq - 1);
      report.damages.push_back(std::move(*chain.damage));
    }
    report.records += chain.report.records - (chain.report.first - 1);
    report.chains.push_back(chain.report);
  }
  std::stable_sort(report.damages.begin(), report.damages.end(),
                   [](const Damage& a, const Damage& b) { return a.chain < b.chain; });
  return report;
}

}  // namespace toolpost::audit
