// SPDX-License-Identifier: Apache-2.0
// A checkpoint as somebody who verifies reads it, and as it stands in an anchor: a file that is
// kept elsewhere, so that whoever can change the journal cannot change what it is held against.
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

struct Checkpoint {
  std::string chain;
  std::string time;  // RFC 3339
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  Hash head{};          // of record `to`
  std::string digests;  // kDigestBytes for each record
  KeyId key;
};

// The keys that are believed.
using VerifyKeys = std::vector<VerifyKey>;

// Reads a checkpoint's line. The error says what is wrong with it, first of all that its signature
// is none of an accepted key.
Result<Checkpoint> read_checkpoint(std::string_view line, const VerifyKeys& keys);

// What a checkpoint's line lists, whoever has written it: a hint at best.
Result<Checkpoint> read_unproven_checkpoint(std::string_view line);

// What a checkpoint leaves in an anchor, one line: the same line. Everything that it says is
// signed.
struct Anchors {
  VerifyKeys keys;
  std::vector<Checkpoint> checkpoints;  // the newest of each chain
  // Lines that are no JSON, as a writer leaves one that did not come to its end: how many, and the
  // first. What they said is not known, and not checked.
  std::size_t unread_lines = 0;
  std::size_t first_unread_line = 0;
};

// Reads an anchor file: lines with keys, {"toolpost_audit_key":"<base64url>"}, and checkpoints as
// they stand in a journal. Every checkpoint must be signed by one of the file's keys. A line that
// is cut is left out, and counted.
Result<Anchors> read_anchors(std::string_view text);

std::string anchor_key_line(const VerifyKey& key);

}  // namespace toolpost::audit
