// SPDX-License-Identifier: Apache-2.0
// What an entry of a list and a name of a rule may be, and what would silently do nothing.
#include "policy/package_pattern.hpp"

#include "pep/package_name.hpp"
#include "policy/name_index.hpp"
#include "policy/pattern_shape.hpp"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <random>
#include <utility>
#include <vector>

using namespace toolpost;
using namespace toolpost::policy;
using Kind = PackagePattern::Kind;

namespace {

// A sanitizer takes its time for each; the release build tries them all.
#ifdef __SANITIZE_ADDRESS__
constexpr int kPatterns = 1000;
#else
constexpr int kPatterns = 4000;
#endif

std::string refusal(std::string_view entry) {
  const auto pattern = compile_entry(entry);
  return pattern ? "" : pattern.error().message();
}

bool matches(const PackagePattern& pattern, const std::string& name) {
  NameIndex index;
  index.add(pattern, 7);
  REQUIRE(index.finish().has_value());
  const auto found = index.find(name);
  REQUIRE(found.has_value());
  return *found == std::vector<NameIndex::Id>{7};
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(engine_);
  }

  template <std::size_t N>
  std::string any(const char* const (&texts)[N]) {
    return texts[below(N)];
  }

  // Normalised, of few characters, so that patterns hit.
  std::string name() {
    std::string out;
    for (std::size_t left = 1 + below(6); left > 0; --left) {
      const bool may_be_dash = !out.empty() && out.back() != '-' && left > 1;
      out += may_be_dash && below(4) == 0 ? "-" : any({"a", "b", "0"});
    }
    return out;
  }

 private:
  std::mt19937 engine_;
};

std::string random_pattern(Random& random, int depth) {
  std::string out;
  for (std::size_t left = 1 + random.below(4); left > 0; --left) {
    std::string atom =
        random.any({"a",   "b",   "A",           "0",      "-",     ".",      "[ab]", "[^a]", "\\d",
                    "\\w", "\\W", "[[:alpha:]]", "[-_.]",  "\\x61", "_",      "\\.",  "[]a]", "^",
                    "$",   "\\b", "\\-",         "\\p{L}", "\\pL",  "[\\]a]", "[_]"});
    if (depth > 0 && random.below(3) == 0) {
      atom = random.any({"(", "(?:", "(?i:"}) + random_pattern(random, depth - 1) + "|" +
             random_pattern(random, depth - 1) + ")";
    }
    out += atom +
           random.any({"", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{3,}", "*?", "{0}"});
  }
  return out;
}

}  // namespace

TEST_CASE("package pattern: name characters alone make a name") {
  for (const auto& [entry, text] :
       std::vector<std::pair<const char*, const char*>>{{"requests", "requests"},
                                                        {"My_Package", "my-package"},
                                                        {"a.b..c", "a-b-c"},
                                                        {"0", "0"}}) {
    const auto pattern = compile_entry(entry);
    REQUIRE(pattern.has_value());
    CHECK(pattern->kind == Kind::kName);
    CHECK(pattern->text == text);
  }
  for (const char* entry : {"-a", "a-", ".", "_", "a.", "_a"}) {
    CAPTURE(entry);
    CHECK(refusal(entry).starts_with("is not a package name"));
  }
  CHECK(refusal(std::string(201, 'a')).starts_with("is not a package name"));
}

TEST_CASE("package pattern: an expression must match the whole normalised name") {
  const auto pattern = compile_entry("acme-.*|(left|right)-pad");
  REQUIRE(pattern.has_value());
  CHECK(matches(*pattern, "acme-core"));
  CHECK(matches(*pattern, "left-pad"));
  CHECK_FALSE(matches(*pattern, "left-pad-evil"));
  CHECK_FALSE(matches(*pattern, "my-acme-core"));
}

TEST_CASE("package pattern: what could never match is an error that says where") {
  struct Row {
    const char* entry;
    const char* part;
    const char* reason;
  };

  for (const Row& row :
       std::vector<Row>{{"evil_.*", "\"_\" at character 5", "normal form"},
                        {"evil\\..*", "\"\\\\.\" at character 5", "normal form"},
                        {"foo_bar|foo-bar.*", "\"_\" at character 4", "normal form"},
                        {"foo_?bar", "\"_\" at character 4", "normal form"},
                        {"[_.]x.*", "\"[_.]\" at character 1", "normal form"},
                        {"\\s*requests", "\"\\\\s\" at character 1", "normal form"},
                        {"requests ", "\" \" at character 9", "normal form"},
                        {"\\x5f.*", "\"\\\\x5f\" at character 1", "normal form"},
                        {"requests\\[.*", "\"\\\\[\" at character 9", "normal form"},
                        {"requests>=2", "\">\" at character 9", "normal form"},
                        {"evil{1", "\"{\" at character 5", "torn apart"},
                        {"3}evil.*", "\"}\" at character 2", "torn apart"},
                        {"-evil.*", "\"-\" at character 1", "begins and ends"},
                        {".*--.*", "\"-\" at character 4", "begins and ends"},
                        {"a.*-", "\"-\" at character 4", "begins and ends"},
                        {"foo$bar", "\"b\" at character 5", "begins and ends"},
                        {"x^.*", "\".\" at character 3", "begins and ends"},
                        {"(a{0})b", "\"a\" at character 2", "begins and ends"},
                        {"()|^$", "it matches no package name", ""}}) {
    CAPTURE(row.entry);
    const std::string message = refusal(row.entry);
    CAPTURE(message);
    CHECK(message.starts_with("can never match"));
    CHECK(message.find(row.part) != std::string::npos);
    CHECK(message.find(row.reason) != std::string::npos);
  }
}

TEST_CASE("package pattern: what is no pattern, or too much of one") {
  struct Row {
    std::string entry;
    const char* reason;
  };

  for (const Row& row : std::vector<Row>{
           {"", "is empty"},
           {"[a", "neither a package name nor a regular expression"},
           {"(a", "neither a package name nor a regular expression"},
           {"*evil", "neither a package name nor a regular expression"},
           {"(?=a)b", "neither a package name nor a regular expression"},
           {"(a)\\1", "neither a package name nor a regular expression"},
           {"(?-i)A.*", "begins with '(?'"},
           {"(?P<n>a).*", "begins with '(?'"},
           {"\\Qa\\E.*", "has the escape \\Q"},
           {"\\141.*", "has the escape \\1"},
           {"r\xC3\xA9q.*", "not printable ASCII"},
           {"a\nb.*", "not printable ASCII"},
           {std::string(513, 'a'), "longer than 512 bytes"},
           {"(abcdefghijkl[a-z]){900}", "too complex"},
           {"(((((((((((((((((a+){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2})",
            "regular expression"}}) {
    CAPTURE(row.entry);
    const std::string message = refusal(row.entry);
    CAPTURE(message);
    CHECK(message.find(row.reason) != std::string::npos);
  }
}

TEST_CASE("package pattern: what is of use is taken") {
  for (const char* entry :
       {"malicious.*", ".*-evil", "^requests$", "evil[-_.]?pkg", "[a-z_]+", ".*", "(?i)requests",
        "evil(|-.*)", "\\Aa\\z", "a{2,3}", "a{200}", "(a-){2}b", "[[:alnum:]]+-\\d+", "\\bfoo\\b.*",
        "py(thon)?-.+", "[^a]x|b"}) {
    CAPTURE(entry);
    CAPTURE(refusal(entry));
    CHECK(refusal(entry).empty());
  }
}

TEST_CASE("package pattern: the automaton accepts whatever RE2 accepts") {
  constexpr unsigned kSeed = 20240917;
  CAPTURE(kSeed);
  Random random{kSeed};
  int patterns = 0;
  int hits = 0;
  for (int i = 0; i < kPatterns; ++i) {
    const std::string text = random_pattern(random, 2);
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(false);
    const RE2 regex{text, options};
    if (!regex.ok()) continue;
    const auto shape = PatternShape::parse(text);
    CAPTURE(text);
    REQUIRE(shape.has_value());
    ++patterns;
    bool has_match = false;
    for (int j = 0; j < 40; ++j) {
      const std::string name = random.name();
      if (!RE2::FullMatch(name, regex)) continue;
      CAPTURE(name);
      CHECK(shape->may_match(name));
      has_match = true;
    }
    hits += has_match ? 1 : 0;
    const auto dead = shape->dead_part();
    if (has_match && dead) CHECK_FALSE(dead->text.empty());
  }
  CHECK(patterns > kPatterns * 3 / 4);
  CHECK(hits > kPatterns / 8);
}

TEST_CASE("package pattern: texts that are open at an end need no automaton") {
  struct Row {
    const char* entry;
    Kind kind;
    const char* text;
  };

  for (const Row& row : std::vector<Row>{{"malicious.*", Kind::kPrefix, "malicious"},
                                         {".*-Evil", Kind::kSuffix, "-evil"},
                                         {".*typo.*", Kind::kPart, "typo"},
                                         {".*", Kind::kPrefix, ""},
                                         {".*.*", Kind::kPrefix, ""},
                                         {"^a.*", Kind::kExpression, "^a.*"},
                                         {"a.*b", Kind::kExpression, "a.*b"},
                                         {"a[.]*", Kind::kExpression, ""},
                                         {"a.+", Kind::kExpression, "a.+"},
                                         {"a.*?", Kind::kExpression, "a.*?"}}) {
    CAPTURE(row.entry);
    const auto pattern = compile_entry(row.entry);
    if (std::string_view{row.text}.empty() && row.kind == Kind::kExpression) {
      CHECK_FALSE(pattern.has_value());  // a class of dots alone is in no name
      continue;
    }
    REQUIRE(pattern.has_value());
    CHECK(pattern->kind == row.kind);
    CHECK(pattern->text == row.text);
  }
}

TEST_CASE("package pattern: an entry matches what RE2 says of the whole name") {
  constexpr unsigned kSeed = 4242;
  CAPTURE(kSeed);
  Random random{kSeed};
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(false);
  int compared = 0;
  int hits = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string entry = random.any({"", ".*", ".*"}) +
                        random.any({"a", "-b", "B0", "[ab]", "a-0"}) +
                        random.any({"", ".*", ".+", "b.*", "-?"});
    const auto pattern = compile_entry(entry);
    if (!pattern || pattern->kind == Kind::kName) continue;
    for (int j = 0; j < 20; ++j) {
      const std::string name = random.name();
      CAPTURE(entry);
      CAPTURE(name);
      const bool expected = RE2::FullMatch(name, RE2{entry, options});
      CHECK(matches(*pattern, name) == expected);
      ++compared;
      hits += expected ? 1 : 0;
    }
  }
  CHECK(compared > 20000);
  CHECK(hits > 1000);
}

TEST_CASE("package pattern: a glob is a name with stars") {
  struct Row {
    const char* glob;
    Kind kind;
    const char* text;
  };

  for (const Row& row : std::vector<Row>{{"*", Kind::kPrefix, ""},
                                         {"**", Kind::kPrefix, ""},
                                         {"acme-*", Kind::kPrefix, "acme-"},
                                         {"Acme_*", Kind::kPrefix, "acme-"},
                                         {"*-evil", Kind::kSuffix, "-evil"},
                                         {"*x*", Kind::kPart, "x"},
                                         {"a*b__c*", Kind::kExpression, "a.*b-c.*"},
                                         {"A_b", Kind::kName, "a-b"}}) {
    CAPTURE(row.glob);
    const auto pattern = compile_glob(row.glob);
    REQUIRE(pattern.has_value());
    CHECK(pattern->kind == row.kind);
    CHECK(pattern->text == row.text);
  }
  for (const char* glob : {"", "acme.*", "acme?", "[ab]*", "-*", "*-", "a b*", "a--", "a,b*"}) {
    CAPTURE(glob);
    CHECK_FALSE(compile_glob(glob).has_value());
  }
}

TEST_CASE("package pattern: globs mean what a plain matcher of stars says") {
  constexpr unsigned kSeed = 977;
  CAPTURE(kSeed);
  Random random{kSeed};
  const auto glob_matches = [](auto&& self, std::string_view glob, std::string_view name) -> bool {
    if (glob.empty()) return name.empty();
    if (glob.front() == '*') {
      return self(self, glob.substr(1), name) ||
             (!name.empty() && self(self, glob, name.substr(1)));
    }
    return !name.empty() && glob.front() == name.front() &&
           self(self, glob.substr(1), name.substr(1));
  };
  int compared = 0;
  int hits = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string glob;
    for (std::size_t left = 1 + random.below(5); left > 0; --left) {
      glob += random.any({"a", "b", "0", "-", "*"});
    }
    const auto pattern = compile_glob(glob);
    for (int j = 0; j < 20; ++j) {
      const std::string name = random.name();
      const bool expected = glob_matches(glob_matches, pep::normalized_name(glob), name);
      CAPTURE(glob);
      CAPTURE(name);
      if (!pattern) {
        CHECK_FALSE(expected);  // what is refused would have done nothing
        continue;
      }
      CHECK(matches(*pattern, name) == expected);
      ++compared;
      hits += expected ? 1 : 0;
    }
  }
  CHECK(compared > 20000);
  CHECK(hits > 1000);
}
