// SPDX-License-Identifier: Apache-2.0
// Members of a record as somebody reads them who did not write it: what is missing or of another
// type is empty, or 0.
#pragma once

#include "audit/hash.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::audit {

std::string text_of(const json::Value& object, const char* name);
std::optional<std::uint64_t> find_number(const json::Value& object, const char* name);

// The same, 0 for nothing.
std::uint64_t number_of(const json::Value& object, const char* name);

// Of 43 characters of base64url.
std::optional<Hash> to_hash(std::string_view text);

}  // namespace toolpost::audit
