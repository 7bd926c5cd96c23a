// SPDX-License-Identifier: Apache-2.0
// A segment as somebody reads it who did not write it.
#pragma once

#include "audit/directory.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace toolpost::audit {

struct SegmentText {
  // What its `segment` record says of the segment before.
  struct Previous {
    std::uint64_t seq = 0;
    std::uint64_t bytes = 0;
    bool after_failure = false;
  };

  std::string name;
  std::uint32_t number = 0;
  std::string text;
  bool is_locked = false;  // its process lives

  // Nothing where there is no such record, or not a whole one.
  std::optional<Previous> previous() const;
};

// No segment is larger than this.
inline constexpr std::uint64_t kMaxSegmentBytes = std::uint64_t{5} << 30;

// At most its first `limit` bytes.
Result<SegmentText> read_segment(const Directory& directory, const std::string& chain,
                                 std::uint32_t number, std::uint64_t limit = kMaxSegmentBytes);

}  // namespace toolpost::audit
