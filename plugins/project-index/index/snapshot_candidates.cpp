// SPDX-License-Identifier: Apache-2.0
// Which files may hold a match: what the base's postings say, and all that is newer than they.
#include "index/index_file.hpp"
#include "index/overlay.hpp"
#include "index/postings.hpp"
#include "index/snapshot.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <string_view>

namespace toolpost::project_index {
namespace {

using Files = std::vector<std::uint32_t>;

// The base's files that hold all the trigrams; damaged postings rule nothing out.
Files holding_all(const IndexFile& base, const std::vector<std::uint32_t>& trigrams) {
  std::vector<std::string_view> lists;
  for (const auto trigram : trigrams) {
    const auto postings = base.trigrams().find(trigram);
    if (!postings) return {};
    lists.push_back(*postings);
  }
  // The shortest first: it bounds what the others are compared with.
  std::sort(lists.begin(), lists.end(), [](std::string_view left, std::string_view right) {
    return left.size() < right.size();
  });
  constexpr std::size_t kFewFiles = 8;  // cheaper to read than to rule out by another list
  Files files(base.files().count());
  std::iota(files.begin(), files.end(), 0u);
  Files list;
  Files both;
  for (const auto bytes : lists) {
    if (files.size() <= kFewFiles) break;
    if (!decode_postings(bytes, base.files().count(), list)) continue;
    both.clear();
    std::set_intersection(files.begin(), files.end(), list.begin(), list.end(),
                          std::back_inserter(both));
    files.swap(both);
  }
  return files;
}

// The base's files whose atoms satisfy the query.
Files fitting(const IndexFile& base, const TrigramQuery& query) {
  const auto& atoms = query.atoms();
  if (atoms.size() == 1) return holding_all(base, atoms.front());
  std::vector<std::vector<int>> atoms_of(base.files().count());
  for (std::size_t atom = 0; atom < atoms.size(); ++atom)
    for (const auto file : holding_all(base, atoms[atom]))
      atoms_of[file].push_back(static_cast<int>(atom));
  std::map<std::vector<int>, bool> known;
  Files files;
  for (std::uint32_t file = 0; file < atoms_of.size(); ++file) {
    if (atoms_of[file].empty()) continue;
    const auto [place, is_new] = known.try_emplace(std::move(atoms_of[file]), false);
    if (is_new) place->second = query.fits(place->first);
    if (place->second) files.push_back(file);
  }
  return files;
}

bool may_be_searched(const FileTraits& traits) {
  return !traits.is_binary && !traits.is_huge;
}

}  // namespace

std::vector<std::uint32_t> Snapshot::candidates(const TrigramQuery& query) const {
  const auto& files = base_->files();
  std::vector<bool> fits(files.count(), query.fits_everything());
  if (!query.fits_everything())
    for (const auto file : fitting(*base_, query)) fits[file] = true;
  std::vector<std::uint32_t> ids;
  const auto count = static_cast<std::uint32_t>(file_count());
  for (std::uint32_t id = 0; id < count; ++id) {
    const auto slot = slot_of(id);
    if (slot >= files.count()) {
      if (may_be_searched(overlay_->files()[slot - files.count()]->record.traits))
        ids.push_back(id);
      continue;
    }
    const auto traits = files.traits(slot);
    const bool is_candidate = fits[slot] || traits.is_always_candidate || traits.is_unread;
    if (is_candidate && may_be_searched(traits)) ids.push_back(id);
  }
  return ids;
}

}  // namespace toolpost::project_index
