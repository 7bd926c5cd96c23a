// SPDX-License-Identifier: Apache-2.0
#include "search/text_finder.hpp"

#include "index/trigrams.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace toolpost::project_index {
namespace {

// Sixteen places at once, in the terms that the compiler has for it on every machine.
typedef unsigned char Block __attribute__((vector_size(16)));  // NOLINT(modernize-use-using)

// So many blocks are looked at before anybody asks what was found in them.
constexpr std::size_t kBlocks = 4;

// Those of source code, the most common one first. A byte that is not here is rare.
constexpr std::string_view kCommonBytes = " etnrsiaolcdupmfhgb_vy.()x,=w;k\"'0-1/:>*2T{}SE\t\nqjz";

std::size_t commonness(char byte) {
  const auto at = kCommonBytes.find(byte);
  return at == std::string_view::npos ? 0 : kCommonBytes.size() - at;
}

template <class Bytes>
Block block_of(const Bytes* bytes) {
  Block block;
  std::memcpy(&block, bytes, sizeof block);
  return block;
}

bool is_any(const Block& mask) {
  std::array<std::uint64_t, 2> halves;
  static_assert(sizeof mask == sizeof halves);
  std::memcpy(halves.data(), &mask, sizeof mask);
  return (halves[0] | halves[1]) != 0;
}

// The first place from `at` on that is not 0, or the end.
template <std::size_t Size>
std::size_t next_fit(const std::array<unsigned char, Size>& fits, std::size_t at) {
  const auto* found =
      static_cast<const unsigned char*>(std::memchr(fits.data() + at, 0xff, Size - at));
  return found == nullptr ? Size : static_cast<std::size_t>(found - fits.data());
}

}  // namespace

TextFinder::TextFinder(std::vector<std::string> texts, bool ignore_case)
    : ignores_case_(ignore_case) {
  for (std::string& text : texts) {
    longest_ = std::max(longest_, text.size());
    texts_.push_back(wanted(std::move(text)));
  }
}

TextFinder::Probe TextFinder::probe(const std::string& text, std::size_t at) const {
  static_assert(('a' ^ 'A') == ' ');
  const char byte = text[at];
  Probe probe;
  probe.at = at;
  probe.byte.fill(static_cast<unsigned char>(byte));
  if (ignores_case_ && byte >= 'a' && byte <= 'z') probe.fold.fill(' ');
  return probe;
}

TextFinder::Wanted TextFinder::wanted(std::string text) const {
  std::size_t first = 0;
  for (std::size_t at = 1; at < text.size(); ++at)
    if (commonness(text[at]) < commonness(text[first])) first = at;
  // Two of the same tell little more than one.
  const auto cost = [&](std::size_t at) {
    return commonness(text[at]) + (text[at] == text[first] ? kCommonBytes.size() : 0);
  };
  std::size_t second = text.size() - 1;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (at != first && (second == first || cost(at) < cost(second))) second = at;
  Wanted wanted;
  wanted.first = probe(text, first);
  wanted.second = probe(text, second);
  wanted.text = std::move(text);
  return wanted;
}

bool TextFinder::stands_at(const Wanted& one, const char* place) const {
  if (!ignores_case_) return std::memcmp(place, one.text.data(), one.text.size()) == 0;
  for (std::size_t at = 0; at < one.text.size(); ++at)
    if (small_letter(place[at]) != one.text[at]) return false;
  return true;
}

bool TextFinder::any_stands_at(const char* place) const {
  return std::any_of(texts_.begin(), texts_.end(),
                     [&](const Wanted& one) { return stands_at(one, place); });
}

std::size_t TextFinder::find(std::string_view text, std::size_t from, std::size_t to) const {
  constexpr std::size_t kStep = kBlocks * kBlock;
  // Somebody may write texts whose rarest bytes stand everywhere.
  constexpr std::size_t kLookedAtPerByte = 16;
  constexpr std::size_t kLookedAtAnyway = std::size_t{64} << 10;
  std::size_t looked_at = 0;
  auto at = from;
  for (; at + kStep + longest_ - 1 <= to; at += kStep) {
    Block masks[kBlocks] = {};
    for (const Wanted& one : texts_) {
      const auto first = block_of(one.first.byte.data());
      const auto first_fold = block_of(one.first.fold.data());
      const auto second = block_of(one.second.byte.data());
      const auto second_fold = block_of(one.second.fold.data());
      const char* const bytes = text.data() + at;
      for (std::size_t block = 0; block < kBlocks; ++block) {
        const char* const place = bytes + block * kBlock;
        masks[block] |=
            static_cast<Block>(((block_of(place + one.first.at) | first_fold) == first) &
                               ((block_of(place + one.second.at) | second_fold) == second));
      }
    }
    if (!is_any(masks[0] | masks[1] | masks[2] | masks[3])) continue;
    std::array<unsigned char, kStep> fits;
    std::memcpy(fits.data(), masks, sizeof masks);
    for (auto place = next_fit(fits, 0); place < kStep; place = next_fit(fits, place + 1)) {
      if (any_stands_at(text.data() + at + place)) return at + place;
      looked_at += longest_;
    }
    if (looked_at > kLookedAtAnyway + kLookedAtPerByte * (at - from)) break;
  }
  return find_in_linear_time(text, at, to);
}

// In pieces that grow, so that none of them is looked for far beyond where another one stands.
std::size_t TextFinder::find_in_linear_time(std::string_view text, std::size_t from,
                                            std::size_t to) const {
  constexpr std::size_t kFirstPiece = 1024;
  std::string folded;
  for (auto piece = kFirstPiece; from < to; piece *= 2) {
    piece = std::min(piece, to - from);
    std::string_view part = text.substr(from, std::min(to - from, piece + longest_ - 1));
    if (ignores_case_) {
      folded.assign(part);
      std::transform(folded.begin(), folded.end(), folded.begin(), small_letter);
      part = folded;
    }
    auto first = std::string_view::npos;
    for (const Wanted& one : texts_) {
      const auto* found = static_cast<const char*>(
          ::memmem(part.data(), part.size(), one.text.data(), one.text.size()));
      if (found != nullptr) first = std::min(first, static_cast<std::size_t>(found - part.data()));
    }
    // Of those that begin behind the piece a longer one may come first.
    if (first < piece) return from + first;
    from += piece;
  }
  return std::string_view::npos;
}

}  // namespace toolpost::project_index
