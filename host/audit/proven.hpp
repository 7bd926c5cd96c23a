// SPDX-License-Identifier: Apache-2.0
// The records of one segment that can be believed without the rest of the ledger: those that follow
// from each other up to a signed checkpoint in the same segment.
#pragma once

#include "audit/checkpoint.hpp"
#include "audit/hash.hpp"
#include "audit/line.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace toolpost::audit {

// Hands them out in their order until `take` says no. `before` is the hash before the first line,
// as far as that is known: a wrong one proves nothing. Without it the first line only begins the
// rest and is not handed out.
void for_each_proven(std::string_view text, std::string_view chain, std::optional<Hash> before,
                     const VerifyKeys& keys,
                     const std::function<bool(const Line& line, std::string_view text)>& take);

}  // namespace toolpost::audit
