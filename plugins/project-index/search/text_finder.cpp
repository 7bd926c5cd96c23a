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
constexpr std::size_t kBlock = sizeof(Block);

// A byte and, if it is a letter, the same in the other case.
class EitherCase {
 public:
  explicit EitherCase(char small) : small_(all(small)), fold_(all(is_letter(small) ? ' ' : '\0')) {
    static_assert(('a' ^ 'A') == ' ');
  }

  auto equal(const char* bytes) const {
    Block block;
    std::memcpy(&block, bytes, kBlock);
    return (block | fold_) == small_;
  }

 private:
  static bool is_letter(char byte) { return byte >= 'a' && byte <= 'z'; }

  static Block all(char byte) { return Block{} + static_cast<unsigned char>(byte); }

  Block small_, fold_;
};

template <class Mask>
bool is_any(const Mask& mask) {
  std::uint64_t halves[2];
  static_assert(sizeof mask == sizeof halves);
  std::memcpy(halves, &mask, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace

std::size_t TextFinder::find(std::string_view text, std::size_t from, std::size_t to) const {
  if (to - from < text_.size()) return std::string_view::npos;
  if (ignores_case_) return find_any_case(text, from, to);
  const auto* found =
      static_cast<const char*>(::memmem(text.data() + from, to - from, text_.data(), text_.size()));
  return found == nullptr ? std::string_view::npos : static_cast<std::size_t>(found - text.data());
}

bool TextFinder::stands_at(const char* place) const {
  for (std::size_t at = 0; at < text_.size(); ++at)
    if (small_letter(place[at]) != text_[at]) return false;
  return true;
}

// Looks for the first and the last character at their distance, and at the rest where both fit.
std::size_t TextFinder::find_any_case(std::string_view text, std::size_t from,
                                      std::size_t to) const {
  const EitherCase first(text_.front());
  const EitherCase last(text_.back());
  const auto distance = text_.size() - 1;
  const auto end = to - distance;  // of the places where it may begin
  auto at = from;
  for (; at + kBlock <= end; at += kBlock) {
    const auto* bytes = text.data() + at;
    if (!is_any(first.equal(bytes) & last.equal(bytes + distance))) continue;
    for (std::size_t place = 0; place < kBlock; ++place)
      if (stands_at(bytes + place)) return at + place;
  }
  for (; at < end; ++at)
    if (stands_at(text.data() + at)) return at;
  return std::string_view::npos;
}

AnyTextFinder::AnyTextFinder(std::vector<std::string> texts, bool ignore_case) {
  for (std::string& text : texts) finders_.emplace_back(std::move(text), ignore_case);
}

// In pieces that grow, so that none of them is looked for far beyond where another one stands.
std::size_t AnyTextFinder::find(std::string_view text, std::size_t from, std::size_t to) const {
  if (finders_.size() == 1) return finders_.front().find(text, from, to);
  constexpr std::size_t kFirstPiece = 256;
  constexpr std::size_t kLargestPiece = std::size_t{32} << 10;
  for (auto piece = kFirstPiece; from < to; piece = std::min(piece * 2, kLargestPiece)) {
    auto first = std::string_view::npos;
    const auto end = std::min(to, from + piece);
    for (const TextFinder& finder : finders_) {
      const auto before = std::min(first, end);  // where it has to begin
      const auto found = finder.find(text, from, std::min(to, before + finder.size() - 1));
      if (found != std::string_view::npos) first = found;
    }
    if (first != std::string_view::npos) return first;
    from = end;
  }
  return std::string_view::npos;
}

}  // namespace toolpost::project_index
