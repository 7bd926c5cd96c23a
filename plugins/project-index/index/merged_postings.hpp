// SPDX-License-Identifier: Apache-2.0
// The last step of a build: what each thread found, and what is taken over from an earlier index,
// as one table.
#pragma once

#include "index/index_file.hpp"
#include "index/posting_lists.hpp"
#include "index/trigram_table.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace toolpost::project_index {

struct TakenOver {
  const IndexFile* earlier = nullptr;  // may be null
  // New file -> its number in the earlier index, UINT32_MAX for those that were read. Its size is
  // the number of files.
  const std::vector<std::uint32_t>& numbers;
};

TrigramTableWriter merged_postings(std::span<const PostingLists> lists, const TakenOver& taken);

}  // namespace toolpost::project_index
