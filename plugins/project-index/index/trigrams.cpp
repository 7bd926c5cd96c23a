// SPDX-License-Identifier: Apache-2.0
#include "index/trigrams.hpp"

#include "files/small_letters.hpp"

#include <array>

namespace toolpost::project_index {
namespace {

constexpr std::array<std::uint8_t, 256> kFolded = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte)
    table[byte] = static_cast<std::uint8_t>(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
  return table;
}();

}  // namespace

TrigramExtractor::TrigramExtractor() : present_(kTrigrams / 64) {}

const std::vector<std::uint32_t>& TrigramExtractor::extract(std::string_view text) {
  for (const auto trigram : found_) present_[trigram / 64] = 0;
  found_.clear();
  std::uint32_t trigram = 0;
  std::uint32_t length = 0;  // of the line so far
  for (const char character : text) {
    const auto byte = static_cast<std::uint8_t>(character);
    if (byte == '\n') {
      length = 0;
      continue;
    }
    trigram = ((trigram << 8) | kFolded[byte]) & (kTrigrams - 1);
    if (++length < 3) continue;
    auto& word = present_[trigram / 64];
    const auto bit = std::uint64_t{1} << (trigram % 64);
    if ((word & bit) != 0) continue;
    word |= bit;
    found_.push_back(trigram);
  }
  return found_;
}

bool has_letters_that_fold_to_ascii(std::string_view text) noexcept {
  return text.find("\xc5\xbf") != std::string_view::npos ||
         text.find("\xe2\x84\xaa") != std::string_view::npos;
}

}  // namespace toolpost::project_index
