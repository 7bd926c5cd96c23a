// SPDX-License-Identifier: Apache-2.0
#include "index/postings.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace toolpost::project_index {
namespace {

constexpr unsigned kMaxRice = 30;
constexpr unsigned char kBitmap = 31;

class BitSink {
 public:
  explicit BitSink(std::string& out) : out_(out) {}

  void put(std::uint64_t bits, unsigned count) {
    pending_ |= bits << used_;
    used_ += count;
    for (; used_ >= 8; used_ -= 8, pending_ >>= 8) out_.push_back(static_cast<char>(pending_));
  }

  void put_zeros(std::uint64_t count) {
    for (; count > 32; count -= 32) put(0, 32);
    put(0, static_cast<unsigned>(count));
  }

  void finish() {
    if (used_ > 0) out_.push_back(static_cast<char>(pending_));
  }

 private:
  std::string& out_;
  std::uint64_t pending_ = 0;
  unsigned used_ = 0;  // below 8 between two calls
};

// The 57 bits or more from bit number `at`; zeros follow the end.
std::uint64_t bits_at(std::string_view bytes, std::uint64_t at) {
  std::uint64_t word = 0;
  const auto first = at / 8;
  if (first < bytes.size())
    std::memcpy(&word, bytes.data() + first,
                std::min<std::size_t>(sizeof(word), bytes.size() - first));
  return word >> (at % 8);
}

unsigned rice_for(std::span<const std::uint32_t> files, std::uint32_t file_count) {
  // ln 2 of the mean distance is the best divisor of geometric distances.
  const auto mean = std::uint64_t{file_count} * 69 / (files.size() * 100);
  return mean == 0 ? 0
                   : std::min<unsigned>(kMaxRice, static_cast<unsigned>(std::bit_width(mean)) - 1);
}

std::uint64_t rice_bits(std::span<const std::uint32_t> files, unsigned rice) {
  std::uint64_t bits = files.size() * (rice + 1);
  std::uint64_t next = 0;
  for (const auto file : files) {
    bits += (file - next) >> rice;
    next = std::uint64_t{file} + 1;
  }
  return bits;
}

bool decode_bitmap(std::string_view bytes, std::uint32_t file_count,
                   std::vector<std::uint32_t>& files) {
  if (bytes.size() != (std::size_t{file_count} + 7) / 8) return false;
  for (std::uint32_t base = 0; base < file_count; base += 32) {
    auto word = static_cast<std::uint32_t>(bits_at(bytes, base));
    for (; word != 0; word &= word - 1) {
      const auto file = base + static_cast<std::uint32_t>(std::countr_zero(word));
      if (file >= file_count) return false;
      files.push_back(file);
    }
  }
  return true;
}

bool decode_rice(std::string_view bytes, unsigned rice, std::uint32_t file_count,
                 std::vector<std::uint32_t>& files) {
  const std::uint64_t end = std::uint64_t{bytes.size()} * 8;
  const std::uint64_t low_bits = (std::uint64_t{1} << rice) - 1;
  std::uint64_t at = 0;
  std::uint64_t next = 0;
  for (;;) {
    std::uint64_t high = 0;
    auto word = bits_at(bytes, at);
    while (word == 0) {
      const auto seen = 64 - at % 8;
      high += seen;
      at += seen;
      if (at >= end) return true;
      word = bits_at(bytes, at);
    }
    const auto zeros = static_cast<unsigned>(std::countr_zero(word));
    high += zeros;
    at += zeros + 1;
    if (high > file_count || at + rice > end) return false;
    next += (high << rice) | (bits_at(bytes, at) & low_bits);
    at += rice;
    if (next >= file_count) return false;
    files.push_back(static_cast<std::uint32_t>(next++));
  }
}

}  // namespace

void encode_postings(std::span<const std::uint32_t> files, std::uint32_t file_count,
                     std::string& out) {
  const auto rice = rice_for(files, file_count);
  if (rice_bits(files, rice) >= file_count) {
    out.push_back(static_cast<char>(kBitmap));
    const auto start = out.size();
    out.resize(start + (std::size_t{file_count} + 7) / 8);
    for (const auto file : files)
      out[start + file / 8] = static_cast<char>(out[start + file / 8] | (1 << (file % 8)));
    return;
  }
  out.push_back(static_cast<char>(rice));
  BitSink bits(out);
  std::uint64_t next = 0;
  for (const auto file : files) {
    const auto distance = file - next;
    bits.put_zeros(distance >> rice);
    bits.put(1, 1);
    bits.put(distance & ((std::uint64_t{1} << rice) - 1), rice);
    next = std::uint64_t{file} + 1;
  }
  bits.finish();
}

bool decode_postings(std::string_view bytes, std::uint32_t file_count,
                     std::vector<std::uint32_t>& files) {
  files.clear();
  if (bytes.empty()) return false;
  const auto kind = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  if (kind == kBitmap) return decode_bitmap(bytes, file_count, files);
  return kind <= kMaxRice && decode_rice(bytes, kind, file_count, files);
}

}  // namespace toolpost::project_index
