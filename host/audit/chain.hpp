// SPDX-License-Identifier: Apache-2.0
// The lines of one chain: numbered, timed, each hashed over the one before. What stands in them is
// described in config/audit.md.
#pragma once

#include "audit/hash.hpp"
#include "audit/seal_key.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::audit {

inline constexpr int kFormatVersion = 1;
inline constexpr std::size_t kMaxLineBytes = std::size_t{64} * 1024;
// A checkpoint covers at most so many records.
inline constexpr std::size_t kCheckpointRecords = 256;
// Of each hash that a checkpoint lists.
inline constexpr std::size_t kDigestBytes = 8;

inline constexpr std::string_view kHashMember = ",\"hash\":";
inline constexpr std::string_view kSignatureMember = ",\"signature\":";
// Goes before what a checkpoint signs, so that the signature is good for nothing else.
inline constexpr std::string_view kSignatureContext = "toolpost-audit-1\n";

// "20261126T075024Z-3f9a1c2b7d4e5f60": the second and 64 random bits.
Result<std::string> make_chain_name(std::int64_t unix_seconds);
bool is_chain_name(std::string_view name) noexcept;

// "CHAIN.000001.jsonl".
std::string segment_file_name(std::string_view chain, std::uint32_t segment);

struct SegmentName {
  std::string chain;
  std::uint32_t segment = 0;
};

// Nothing when the name is no segment's.
std::optional<SegmentName> parse_segment_file_name(std::string_view name);

// The hash before the first record.
Hash genesis(std::string_view chain);

// The end of a chain that grows. Not thread-safe.
class Chain {
 public:
  explicit Chain(std::string name);

  const std::string& name() const noexcept { return name_; }

  // Of the last record; 0 and the genesis before the first.
  std::uint64_t seq() const noexcept { return seq_; }

  const Hash& hash() const noexcept { return hash_; }

  // Records since the last checkpoint, that one included.
  std::size_t uncovered() const noexcept { return digests_.size() / kDigestBytes; }

  // Where it stands, to come back when a line was not written after all.
  struct State {
    std::uint64_t seq;
    Hash hash;
    std::string digests;
  };

  State state() const { return {seq_, hash_, digests_}; }

  void restore(State state) {
    seq_ = state.seq;
    hash_ = state.hash;
    digests_ = std::move(state.digests);
  }

  // Appends one line with its line feed. `object` is a JSON object on one line whose members follow
  // the common ones; its names must be others than theirs.
  void append(std::string& out, std::string_view type, std::int64_t unix_us,
              std::string_view object);

  // Appends a checkpoint over what is uncovered. Nothing is appended on an error.
  Result<> append_checkpoint(std::string& out, const SealKey& key, std::int64_t unix_us);

 private:
  void begin_line(std::string& out, std::string_view type, std::int64_t unix_us);
  void end_line(std::string& out, std::size_t begin);

  std::string name_;
  std::uint64_t seq_ = 0;
  Hash hash_;
  std::string digests_;
  std::int64_t second_ = -1;  // that second_text_ says
  std::string second_text_;
};

}  // namespace toolpost::audit
