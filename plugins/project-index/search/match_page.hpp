// SPDX-License-Identifier: Apache-2.0
// Puts what threads find in files, in any order, into the order of the files, and knows when a page
// is full. Any thread.
#pragma once

#include "search/search.hpp"
#include "search/text_scan.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

class MatchPage {
 public:
  // The snapshot is the one that is searched, and outlives this.
  MatchPage(const Snapshot& snapshot, std::size_t file_count, const SearchQuery& query);

  // How many matches of one file can be of use.
  std::size_t wanted() const noexcept { return std::size_t{skip_} + max_matches_ + 1; }

  // What file number `index` holds, which has so many bytes; nothing: it was not searched at all.
  // Returns false when no further file can change the page.
  bool put(std::size_t index, std::optional<ScannedText> scanned, std::uint64_t bytes);

  // For who waits: how many matches there are up to here, and the file of the last one.
  struct SoFar {
    std::uint64_t matches = 0;
    std::string_view path;  // of the snapshot
  };

  SoFar so_far() const;

  SearchResult result() &&;

 private:
  struct File {
    std::optional<ScannedText> scanned;
    std::uint64_t bytes = 0;
  };

  bool is_at_end() const { return result_.is_cut || !result_.stopped_by.empty(); }

  void take(File file);
  void take(Match match);

  const Snapshot& snapshot_;
  mutable std::mutex mutex_;

  std::vector<std::optional<File>> files_;  // nothing: not put yet
  std::size_t next_ = 0;                    // the first file that is not in the page yet
  std::uint32_t skip_, max_matches_;
  std::size_t max_bytes_, bytes_ = 0;
  std::uint64_t max_read_, read_ = 0;
  std::uint64_t seen_ = 0;  // matches, those that are skipped too
  std::uint32_t last_ = 0;  // the file of the last of them
  SearchResult result_;
};

}  // namespace toolpost::project_index
