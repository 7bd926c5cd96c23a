// SPDX-License-Identifier: Apache-2.0
#include "index/posting_lists.hpp"

#include "index/byte_cursor.hpp"
#include "index/byte_sink.hpp"
#include "index/trigrams.hpp"

#include <algorithm>
#include <new>
#include <sys/mman.h>

namespace toolpost::project_index {
namespace {

constexpr std::size_t kTableBytes = std::size_t{kTrigrams} * sizeof(std::uint32_t);

// Mapped, not allocated: of the 64 MiB only the pages in use cost memory.
std::uint32_t* map_table() {
  void* memory = ::mmap(nullptr, kTableBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::uint32_t*>(memory);
}

}  // namespace

void PostingLists::Unmap::operator()(std::uint32_t* table) const noexcept {
  ::munmap(table, kTableBytes);
}

PostingLists::PostingLists() : table_(map_table()) {}

PostingLists::~PostingLists() = default;
PostingLists::PostingLists(PostingLists&&) noexcept = default;

void PostingLists::add(std::uint32_t file, std::span<const std::uint32_t> trigrams) {
  for (const auto trigram : trigrams) {
    auto& number = table_.get()[trigram];
    if (number == 0) {
      lists_.push_back({trigram, 0, {}});
      number = static_cast<std::uint32_t>(lists_.size());
    }
    auto& list = lists_[number - 1];
    put_varint(list.distances, file - list.next);
    list.next = file + 1;
  }
}

std::vector<std::uint32_t> PostingLists::trigrams() const {
  std::vector<std::uint32_t> sorted;
  sorted.reserve(lists_.size());
  for (const auto& list : lists_) sorted.push_back(list.trigram);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

void PostingLists::append_files(std::uint32_t trigram, std::vector<std::uint32_t>& files) const {
  const auto number = table_.get()[trigram];
  if (number == 0) return;
  std::uint32_t next = 0;
  for (ByteCursor cursor(lists_[number - 1].distances); !cursor.at_end();) {
    files.push_back(next + static_cast<std::uint32_t>(cursor.varint()));
    next = files.back() + 1;
  }
}

}  // namespace toolpost::project_index
