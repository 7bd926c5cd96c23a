// SPDX-License-Identifier: Apache-2.0
// Where a JSON text that the parser refused has the same key twice in one object.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::json {

inline constexpr std::size_t kMaxFileDepth = 64;

struct DuplicateKey {
  std::size_t offset = 0;  // of the second one's quote
  std::string key;
};

// `text` may break off anywhere; objects deeper than kMaxFileDepth are not looked into.
std::optional<DuplicateKey> find_duplicate_key(std::string_view text);

}  // namespace toolpost::json
