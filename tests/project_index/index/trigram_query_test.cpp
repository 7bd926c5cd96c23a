// SPDX-License-Identifier: Apache-2.0
#include "index/trigram_query.hpp"

#include "index/trigrams.hpp"

#include <doctest/doctest.h>
#include <re2/filtered_re2.h>

#include <algorithm>
#include <string>

using namespace toolpost::project_index;

namespace {

std::uint32_t trigram(std::string_view text) {
  return (std::uint32_t{static_cast<unsigned char>(text[0])} << 16) |
         (std::uint32_t{static_cast<unsigned char>(text[1])} << 8) |
         static_cast<unsigned char>(text[2]);
}

// As a search asks an index that holds one file.
bool fits(const TrigramQuery& query, std::string_view text) {
  if (query.fits_everything() || has_letters_that_fold_to_ascii(text)) return true;
  TrigramExtractor extractor;
  auto present = extractor.extract(text);
  std::sort(present.begin(), present.end());
  std::vector<int> atoms;
  for (std::size_t atom = 0; atom < query.atoms().size(); ++atom)
    if (std::includes(present.begin(), present.end(), query.atoms()[atom].begin(),
                      query.atoms()[atom].end()))
      atoms.push_back(static_cast<int>(atom));
  return !atoms.empty() && query.fits(atoms);
}

std::string utf8(std::uint32_t rune) {
  std::string text;
  if (rune < 0x800) {
    text += static_cast<char>(0xc0 | (rune >> 6));
  } else {
    text += static_cast<char>(0xe0 | (rune >> 12));
    text += static_cast<char>(0x80 | ((rune >> 6) & 0x3f));
  }
  return text + static_cast<char>(0x80 | (rune & 0x3f));
}

}  // namespace

TEST_CASE("trigrams: of lines, small letters, each once") {
  TrigramExtractor extractor;
  CHECK(extractor.extract("ABcab\ncA\nBCD") ==
        std::vector<std::uint32_t>{trigram("abc"), trigram("bca"), trigram("cab"), trigram("bcd")});
  CHECK(extractor.extract("ab\nc").empty());
  CHECK(extractor.extract("abcd").size() == 2);
}

TEST_CASE("trigram query: a literal needs all of its trigrams") {
  const auto query = TrigramQuery::of_literal("Hello", false);
  CHECK(fits(query, "say hello"));
  CHECK(fits(query, "say HELLO"));  // the index knows no case; the scan does
  CHECK_FALSE(fits(query, "hell lo"));
  CHECK(TrigramQuery::of_literal("ab", false).fits_everything());
  CHECK_FALSE(TrigramQuery::of_literal("\xc3\xa4\xc3\xb6", false).fits_everything());
  CHECK(TrigramQuery::of_literal("\xc3\xa4\xc3\xb6", true).fits_everything());
}

TEST_CASE("trigram query: an expression needs what its parts need") {
  const auto either = TrigramQuery::of_regex("(alpha|beta)[0-9]+gamma", false);
  CHECK(fits(either, "alpha1gamma"));
  CHECK(fits(either, "gamma beta"));
  CHECK_FALSE(fits(either, "alpha beta"));
  CHECK_FALSE(fits(either, "gamma"));
  CHECK(TrigramQuery::of_regex("[a-z]+", false).fits_everything());
  CHECK(TrigramQuery::of_regex("alpha|.*", false).fits_everything());
  CHECK(TrigramQuery::of_regex("(((", false).fits_everything());
}

TEST_CASE("trigram query: what ignores case is found where letters outside ASCII stand for it") {
  CHECK(fits(TrigramQuery::of_regex("kelvin", true),
             "\xe2\x84\xaa"
             "elvin"));
  CHECK(fits(TrigramQuery::of_literal("mass", true), "ma\xc5\xbf\xc5\xbf"));
}

TEST_CASE("trigram query: no other letter becomes an ASCII letter in RE2's atoms") {
  re2::RE2::Options options;
  options.set_log_errors(false);
  int checked = 0;
  for (std::uint32_t rune = 0x80; rune < 0xffff; ++rune) {
    if ((rune >= 0x2e80 && rune < 0xa640) || (rune >= 0xac00 && rune < 0xf900)) continue;
    if (rune == 0x17f || rune == 0x212a) continue;
    re2::FilteredRE2 filter(3);
    int id = 0;
    if (filter.Add("abc" + utf8(rune) + "def", options, &id) != re2::RE2::NoError) continue;
    std::vector<std::string> atoms;
    filter.Compile(&atoms);
    REQUIRE(atoms.size() == 1);
    CAPTURE(rune);
    REQUIRE(static_cast<unsigned char>(atoms[0][3]) >= 0x80);
    ++checked;
  }
  CHECK(checked > 10'000);
}
