// SPDX-License-Identifier: Apache-2.0
// The directory that archives are kept in, by names that say when each was made.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::backup {

// "toolpost-20260131T020000Z.tar"
std::string archive_name(std::int64_t unix_seconds);
// When the archive of that name was made; nothing for any other name.
std::optional<std::int64_t> time_of_archive(std::string_view name);

// Seconds from the newest archive to `now`; nothing where there is none, or no directory.
std::optional<std::int64_t> age_of_newest(const std::string& directory, std::int64_t now);

// Removes the oldest archives beyond `keep`, and nothing else; 0 keeps all. The names removed.
Result<std::vector<std::string>> prune(const std::string& directory, std::size_t keep);

}  // namespace toolpost::backup
