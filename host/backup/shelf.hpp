// SPDX-License-Identifier: Apache-2.0
// The directory that archives are kept in, by names that say when each was made.
#pragma once

#include "base/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
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

// What cannot be made again once every archive without it has pushed out those that have it.
inline constexpr std::array<std::string_view, 2> kIrreplaceable{"users", "audit"};

// The newest archive that holds files of each kind of these, by the kind; a kind that none holds is
// not there. An archive that cannot be read holds nothing.
std::map<std::string, std::string, std::less<>> newest_with(const std::string& directory);

// Removes the oldest archives beyond `keep`, and nothing else; 0 keeps all. What newest_with()
// names stays, however old it is. The names removed.
Result<std::vector<std::string>> prune(const std::string& directory, std::size_t keep);

}  // namespace toolpost::backup
