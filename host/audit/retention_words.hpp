// SPDX-License-Identifier: Apache-2.0
// What `retention` records say: which segments and chains were removed by order, so that whoever
// verifies does not take them for lost. Each says all that still matters, so that the newest is
// enough.
#pragma once

#include "audit/hash.hpp"
#include "json/value.hpp"
#include "json/writer.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace toolpost::audit {

struct RetentionWords {
  struct Trimmed {
    std::uint32_t segment = 0;  // the last one removed
    std::uint64_t seq = 0;      // its last record
    Hash head{};                // and that record's hash
  };

  std::map<std::string, std::vector<Trimmed>> trimmed;  // by chain
  std::map<std::string, std::string> links;  // chain → the one before it, which is gone
  std::string horizon;                       // RFC 3339; what ended before it may be gone

  // What the record says beside what is known already. What is not of its form is left out.
  void add(const json::Value& record);
  void add(const RetentionWords& other);

  // The newest of a chain; null when none of its segments were removed.
  const Trimmed* newest(const std::string& chain) const;

  // Writes the members `horizon`, `trimmed` and `links` into the object that is open; of each chain
  // the newest word.
  void write(json::Writer& writer) const;
};

}  // namespace toolpost::audit
