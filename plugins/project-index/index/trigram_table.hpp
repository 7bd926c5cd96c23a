// SPDX-License-Identifier: Apache-2.0
// The sections that lead from a trigram to its files. Blocks of kTrigramsPerBlock trigrams: the
// directory has for each block its first trigram and where it begins in the data (two 32-bit
// numbers); the data has for each trigram its distance to the one before (0 for the first of a
// block), the length of its postings, both as varints, and the postings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::project_index {

constexpr std::uint32_t kTrigramsPerBlock = 32;

class TrigramTableWriter {
 public:
  // Ascending trigrams, each once; `postings` as encode_postings() made them.
  void add(std::uint32_t trigram, std::string_view postings);

  std::string directory, data;

 private:
  std::uint32_t in_block_ = kTrigramsPerBlock;
  std::uint32_t last_ = 0;
};

// Reads bytes that it does not trust; borrowed.
class TrigramTable {
 public:
  TrigramTable() = default;

  TrigramTable(std::string_view directory, std::string_view data) noexcept
      : directory_(directory), data_(data) {}

  // False where the directory does not ascend or points outside.
  bool is_sound() const noexcept;

  // Nothing: no file holds it. Sound only if is_sound().
  std::optional<std::string_view> find(std::uint32_t trigram) const noexcept;

 private:
  friend class TrigramTableWalk;

  std::size_t block_count() const noexcept { return directory_.size() / 8; }

  std::uint32_t first_of(std::size_t block) const noexcept;
  std::string_view block(std::size_t block) const noexcept;

  std::string_view directory_, data_;
};

// Walks one block after another.
class TrigramTableWalk {
 public:
  explicit TrigramTableWalk(const TrigramTable& table) noexcept : table_(table) {}

  // False at the end, and where the data is damaged: then is_damaged().
  bool next() noexcept;

  std::uint32_t trigram() const noexcept { return trigram_; }

  std::string_view postings() const noexcept { return postings_; }

  bool is_damaged() const noexcept { return is_damaged_; }

 private:
  const TrigramTable& table_;
  std::size_t next_block_ = 0;
  std::string_view rest_;
  std::uint32_t trigram_ = 0;
  std::string_view postings_;
  bool is_damaged_ = false;
};

}  // namespace toolpost::project_index
