// SPDX-License-Identifier: Apache-2.0
// The index changes what a search costs, never what it finds: random trees and patterns, searched
// with the index, without it, and line by line by an expression that knows nothing of either.
#include "built_index.hpp"
#include "files/secret_files.hpp"
#include "index/listed_snapshot.hpp"
#include "search/search.hpp"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <random>

using namespace toolpost::project_index;

namespace {

class Source {
 public:
  explicit Source(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  template <std::size_t Size>
  std::string one_of(const char* const (&choices)[Size]) {
    return choices[below(Size)];
  }

  std::string word() {
    return one_of({"alpha", "Beta", "GAMMA", "delta_1", "foo", "bar", "fo", "x",
                   "stra\xc3\x9f"
                   "e",
                   "\xc3\x84rger", "\xc3\xa4rger", "ma\xc5\xbf\xc5\xbf", "mass",
                   "\xe2\x84\xaa"
                   "elvin",
                   "kelvin", "\xff\xfe", "\xe4\xb8\xad\xe6\x96\x87"});
  }

  std::string text() {
    std::string text = below(20) == 0 ? "\xef\xbb\xbf" : "";
    const bool has_secrets = below(3) != 0;
    for (auto count = below(60); count > 0; --count) {
      text += has_secrets && below(6) == 0 ? secret() : word();
      text += one_of({" ", "\n", ".", "", "\r\n", "\t", "(", "\n\n"});
    }
    return text;
  }

  // Put together here, so that no scanner takes this file for a leak.
  std::string secret() {
    return one_of({"-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----",
                   "\"-----END PRIVATE KEY-----",
                   "-----BEGIN PRIVATE KEY-----\nfoofoofoofoofoofoofoofoofoofoofoofoo\n\"-----END "
                   "PRIVATE KEY-----foo",
                   "foofoofoofoofoofoofoofoofoofoofoofoo",
                   "sk-"
                   "alphaalphaalphaalpha",
                   "a://x:foo@", "[secret removed]", "[sec",
                   "Aws_Secret_Access_Key=\nfoofoofoofoofoofoofoofoofoofoofoofoofoox",
                   "aws_\xc5\xbf"
                   "ecret_acce\xc5\xbf\xc5\xbf_\xe2\x84\xaa"
                   "ey:\nfoofoofoofoofoofoofoofoofoofoofoofoofoox"});
  }

  std::string piece() {
    return one_of({"foo", "[secret removed]", "secret", "removed]", "[", "]", "x [", "\"foo",
                   "\"[sec", "]foo", "alphaalpha", "PRIVATE", "x:[", "d]@", "a://", "ret rem"});
  }

  std::string regex() {
    std::string pattern;
    for (auto count = below(3) + 1; count > 0; --count)
      pattern += one_of({"alpha",         "[Bb]eta",   "gam+a",     "\\w+",   ".*",     "\\s",
                         "(foo|bar)",     "fo?o",      "delta_\\d", "^",      "$",      "\\b",
                         "(?i:kelvin)",   "(?i:mass)", "\xc3\x84",  "[^a]",   "x{1,3}", "|",
                         "(alpha|beta|)", "\\x{212a}", "\\pL+",     "(?i)",   "foo+",   "(foo)?",
                         "ba{1,2}r",      "al?pha",    "(?:bar)+",  "\\[sec", "ved\\]", "secret"});
    return pattern;
  }

 private:
  std::mt19937 random_;
};

// As the header promises it, in the plainest way.
std::vector<std::string> plainly_found(const Snapshot& snapshot,
                                       const std::vector<std::string>& texts,
                                       const SearchQuery& query) {
  auto pattern = query.is_regex ? query.pattern : re2::RE2::QuoteMeta(query.pattern);
  if (query.whole_word) pattern = "(?:^|\\W)(?:" + pattern + ")(?:\\W|$)";
  re2::RE2::Options options;
  options.set_case_sensitive(!query.ignore_case);
  const re2::RE2 regex(pattern, options);
  std::vector<std::string> places;
  for (std::uint32_t id = 0; id < texts.size(); ++id) {
    std::string_view rest = texts[id];
    if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
    for (int line = 1; !rest.empty(); ++line) {
      const auto end = std::min(rest.find('\n'), rest.size());
      if (re2::RE2::PartialMatch({rest.data(), end}, regex))
        places.push_back(std::string(snapshot.path(id)) + ":" + std::to_string(line));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return places;
}

std::vector<std::string> found(const ScratchTree& tree, const Snapshot& snapshot,
                               const SearchQuery& query) {
  const auto result = search(snapshot, tree.root(), query, StopToken(), {});
  if (!result.ok()) return {result.refusal().text};
  std::vector<std::string> places;
  for (const auto& match : result->matches)
    places.push_back(std::string(snapshot.path(match.file)) + ":" + std::to_string(match.line));
  return places;
}

// A snapshot whose files are all newer than any trigram.
std::shared_ptr<const Snapshot> without_trigrams(const Snapshot& indexed) {
  const ScratchTree empty;
  std::vector<Overlay::File> files;
  for (std::uint32_t id = 0; id < indexed.file_count(); ++id)
    files.push_back(std::make_shared<const OverlayFile>(
        OverlayFile{std::string(indexed.path(id)), {indexed.stamp(id), {}}, {}}));
  const auto base = held(built_sections(empty));
  return snapshot_of(base, Overlay().with(base->files(), std::move(files), {}));
}

// A snapshot of which only the names are known.
std::shared_ptr<const Snapshot> listed(const ScratchTree& tree) {
  const auto snapshot = listed_snapshot(tree.list(), {});
  REQUIRE(snapshot.ok());
  return *snapshot;
}

}  // namespace

TEST_CASE("search: with the index, without it, and line by line the same is found") {
  const unsigned seed = 5;
  Source source(seed);
  std::size_t matched = 0;
  std::size_t spared = 0;
  std::size_t hidden = 0;
  for (int round = 0; round < 12; ++round) {
    const ScratchTree tree;
    for (auto count = source.below(60) + 1; count > 0; --count)
      tree.write("d" + std::to_string(source.below(4)) + "/f" + std::to_string(count),
                 source.text());
    const auto indexed = built_snapshot(tree);
    const auto plain = without_trigrams(*indexed);
    const auto unread = listed(tree);
    std::vector<std::string> texts;
    for (std::uint32_t id = 0; id < indexed->file_count(); ++id)
      texts.push_back(
          without_secrets(*tree.root().open_file(indexed->path(id))->read_all(1 << 20)));
    for (const auto& text : texts) hidden += text.find("[secret removed]") != std::string::npos;
    for (int question = 0; question < 120; ++question) {
      const bool is_regex = source.below(2) == 0;
      const SearchQuery query{.pattern = is_regex               ? source.regex()
                                         : source.below(3) == 0 ? source.piece()
                                                                : source.word(),
                              .is_regex = is_regex,
                              .ignore_case = source.below(2) == 0,
                              .whole_word = !is_regex && source.below(3) == 0,
                              .max_matches = 10'000,
                              .max_bytes = std::size_t{1} << 30,
                              .always_redacted = source.below(2) == 0 ? 0 : 1000U};
      // Neither is UTF-8: RE2 can neither read the one as a pattern nor step over the other.
      if (query.pattern.find('\xff') != std::string::npos && query.ignore_case) continue;
      CAPTURE(seed);
      CAPTURE(query.pattern);
      CAPTURE(query.is_regex);
      CAPTURE(query.ignore_case);
      CAPTURE(query.whole_word);
      const auto with = found(tree, *indexed, query);
      CHECK(with == found(tree, *plain, query));
      CHECK(with == found(tree, *unread, query));
      if (query.pattern.find('\xff') == std::string::npos && !query.whole_word)
        CHECK(with == plainly_found(*indexed, texts, query));
      matched += with.size();
      const auto pattern = query.is_regex
                               ? TrigramQuery::of_regex(query.pattern, query.ignore_case)
                               : TrigramQuery::of_literal(query.pattern, query.ignore_case);
      spared += indexed->file_count() - indexed->candidates(pattern).size();
    }
  }
  MESSAGE(matched << " lines found, " << spared << " files spared");
  CHECK(hidden > 100);
  CHECK(matched > 1000);
  CHECK(spared > 1000);
}
