// SPDX-License-Identifier: Apache-2.0
// Which files hold which trigram, while an index is built. One thread; a file is added once and
// files come in ascending order.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace toolpost::project_index {

class PostingLists {
 public:
  PostingLists();
  ~PostingLists();
  PostingLists(PostingLists&&) noexcept;

  void add(std::uint32_t file, std::span<const std::uint32_t> trigrams);

  // The trigrams that were added, ascending.
  std::vector<std::uint32_t> trigrams() const;

  // Appends the files of a trigram.
  void append_files(std::uint32_t trigram, std::vector<std::uint32_t>& files) const;

 private:
  struct List {
    std::uint32_t trigram = 0;
    std::uint32_t next = 0;  // the file after the last
    std::string distances;   // varints
  };

  struct Unmap {
    void operator()(std::uint32_t* table) const noexcept;
  };

  std::unique_ptr<std::uint32_t, Unmap> table_;  // trigram -> number of its list, plus one
  std::vector<List> lists_;
};

}  // namespace toolpost::project_index
