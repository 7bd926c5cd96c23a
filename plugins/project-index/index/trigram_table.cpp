// SPDX-License-Identifier: Apache-2.0
#include "index/trigram_table.hpp"

#include "index/byte_cursor.hpp"
#include "index/byte_sink.hpp"
#include "index/trigrams.hpp"

namespace toolpost::project_index {
namespace {

constexpr std::size_t kEntryBytes = 8;

std::uint32_t number_from(std::string_view bytes, std::size_t at) noexcept {
  return ByteCursor(bytes.substr(at)).fixed<std::uint32_t>();
}

// The distance and the postings that follow; a failed cursor is damage.
std::pair<std::uint64_t, std::string_view> entry(ByteCursor& cursor) noexcept {
  const auto distance = cursor.varint();
  const auto size = cursor.varint();
  return {distance, cursor.bytes(size)};
}

}  // namespace

void TrigramTableWriter::add(std::uint32_t trigram, std::string_view postings) {
  if (in_block_ == kTrigramsPerBlock) {
    put_fixed(directory, trigram);
    put_fixed(directory, static_cast<std::uint32_t>(data.size()));
    in_block_ = 0;
    last_ = trigram;
  }
  put_varint(data, trigram - last_);
  put_varint(data, postings.size());
  data += postings;
  last_ = trigram;
  ++in_block_;
}

std::uint32_t TrigramTable::first_of(std::size_t block) const noexcept {
  return number_from(directory_, block * kEntryBytes);
}

std::string_view TrigramTable::block(std::size_t block) const noexcept {
  const auto begin = number_from(directory_, block * kEntryBytes + 4);
  const auto end = block + 1 < block_count()
                       ? number_from(directory_, (block + 1) * kEntryBytes + 4)
                       : data_.size();
  return data_.substr(begin, end - begin);
}

bool TrigramTable::is_sound() const noexcept {
  if (directory_.size() % kEntryBytes != 0) return false;
  for (std::size_t block = 0; block < block_count(); ++block) {
    const auto at = block * kEntryBytes;
    const auto begin = number_from(directory_, at + 4);
    if (first_of(block) >= kTrigrams || begin >= data_.size()) return false;
    if (block == 0 && begin != 0) return false;
    if (block > 0 && (first_of(block) <= first_of(block - 1) ||
                      begin <= number_from(directory_, at - kEntryBytes + 4)))
      return false;
  }
  return true;
}

std::optional<std::string_view> TrigramTable::find(std::uint32_t trigram) const noexcept {
  std::size_t low = 0;
  std::size_t high = block_count();
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (first_of(middle) <= trigram)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0) return std::nullopt;
  std::uint64_t here = first_of(low - 1);
  ByteCursor cursor(block(low - 1));
  while (!cursor.at_end() && here <= trigram) {
    const auto [distance, postings] = entry(cursor);
    here += distance;
    // A damaged entry rules nothing out: no postings can be decoded from nothing.
    if (!cursor.ok()) return std::string_view();
    if (here == trigram) return postings;
  }
  return std::nullopt;
}

bool TrigramTableWalk::next() noexcept {
  if (is_damaged_) return false;
  const bool begins = rest_.empty();
  if (begins) {
    if (next_block_ == table_.block_count()) return false;
    rest_ = table_.block(next_block_);
  }
  ByteCursor cursor(rest_);
  const auto [distance, postings] = entry(cursor);
  const auto from = begins ? table_.first_of(next_block_++) : trigram_;
  const auto found = from + distance;
  is_damaged_ = !cursor.ok() || found >= kTrigrams || begins != (distance == 0) ||
                (begins && next_block_ > 1 && found <= trigram_);
  trigram_ = static_cast<std::uint32_t>(found);
  postings_ = postings;
  rest_ = cursor.rest();
  return !is_damaged_;
}

}  // namespace toolpost::project_index
