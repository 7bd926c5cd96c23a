// SPDX-License-Identifier: Apache-2.0
#include "search/text_finder.hpp"

#include "files/small_letters.hpp"

#include <algorithm>
#include <bit>
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

Block load(const void* bytes) {
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

// What two bytes of a text are compared with, in all places of a block.
struct Comparison {
  Block byte, fold, other_byte, other_fold;
};

// The places where both bytes stand.
Block places(const char* here, const char* there, const Comparison& with) {
  return static_cast<Block>(((load(here) | with.fold) == with.byte) &
                            ((load(there) | with.other_fold) == with.other_byte));
}

// Calls found(number) for each byte that is not 0, until that says true. False: it never did.
template <std::size_t Size, class Found>
[[gnu::always_inline]] inline bool any_marked(const std::array<std::uint64_t, Size>& marks,
                                              const Found& found) {
  constexpr unsigned kBitsOfByte = 8;
  static_assert(std::endian::native == std::endian::little);
  for (std::size_t part = 0; part < Size; ++part) {
    for (auto rest = marks[part]; rest != 0;) {
      const auto byte = static_cast<unsigned>(std::countr_zero(rest)) / kBitsOfByte;
      if (found(part * sizeof rest + byte)) return true;
      rest &= ~(std::uint64_t{0xff} << (byte * kBitsOfByte));
    }
  }
  return false;
}

// Most places are told by their first bytes, without a call.
bool is_equal(const char* place, const std::string& text) {
  std::uint64_t here = 0;
  std::uint64_t wanted = 0;
  if (text.size() >= sizeof here) {
    std::memcpy(&here, place, sizeof here);
    std::memcpy(&wanted, text.data(), sizeof wanted);
  }
  return here == wanted && std::memcmp(place, text.data(), text.size()) == 0;
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
  if (!ignores_case_) return is_equal(place, one.text);
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
    const char* const bytes = text.data() + at;
    std::array<Block, kBlocks> marks{};
    for (const Wanted& one : texts_) {
      const Comparison with{load(one.first.byte.data()), load(one.first.fold.data()),
                            load(one.second.byte.data()), load(one.second.fold.data())};
      const char* const here = bytes + one.first.at;
      const char* const there = bytes + one.second.at;
      // One by one, and no loop: so they stay in registers.
      marks[0] |= places(here, there, with);
      marks[1] |= places(here + kBlock, there + kBlock, with);
      marks[2] |= places(here + 2 * kBlock, there + 2 * kBlock, with);
      marks[3] |= places(here + 3 * kBlock, there + 3 * kBlock, with);
    }
    if (!is_any(marks[0] | marks[1] | marks[2] | marks[3])) continue;
    std::array<std::uint64_t, kStep / sizeof(std::uint64_t)> parts;
    static_assert(sizeof parts == sizeof marks);
    std::memcpy(parts.data(), marks.data(), sizeof marks);
    std::size_t found = 0;
    if (any_marked(parts, [&](std::size_t place) {
          looked_at += longest_;
          found = at + place;
          return any_stands_at(bytes + place);
        }))
      return found;
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
