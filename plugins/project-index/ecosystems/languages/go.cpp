// SPDX-License-Identifier: Apache-2.0
// Go: go.mod and go.sum.
#include "ecosystems/ecosystem.hpp"
#include "ecosystems/languages/requirement.hpp"

#include <array>
#include <string>
#include <vector>

namespace toolpost::project_index {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (line = trimmed(line); !line.empty(); line = trimmed(line)) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    if (word.size() >= 2 && word.front() == '"' && word.back() == '"') {
      word = word.substr(1, word.size() - 2);
    }
    words.push_back(word);
  }
  return words;
}

void require(const std::vector<std::string_view>& words, bool is_indirect, Draft& draft) {
  if (words.size() < 2) return draft.complain("a requirement has no version");
  if (is_indirect) {
    draft.lock(words[0], words[1]);
  } else {
    draft.declare(words[0], words[1]);
  }
}

void read_go_mod(std::string_view text, Draft& draft) {
  std::string block;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    const std::size_t comment = line.find("//");
    const bool is_indirect = comment != std::string_view::npos &&
                             trimmed(line.substr(comment + 2)).starts_with("indirect");
    std::vector<std::string_view> words = words_of(line.substr(0, comment));
    if (words.empty()) continue;
    if (words[0] == ")") {
      block.clear();
      continue;
    }
    std::string verb = block;
    if (verb.empty()) {
      verb = words[0];
      words.erase(words.begin());
      if (!words.empty() && words[0] == "(") {
        block = verb;
        continue;
      }
    }
    if (verb == "module" && !words.empty()) draft.set_name(words[0]);
    if (verb == "require") require(words, is_indirect, draft);
    if (verb == "tool" && !words.empty()) draft.enter(words[0], "command", words[0]);
  }
}

void read_go_sum(std::string_view text, Draft& draft) {
  while (!text.empty()) {
    const std::vector<std::string_view> words = words_of(next_line(text));
    // "v1.2.3/go.mod" is there for many that are not used.
    if (words.size() == 3 && !words[1].ends_with("/go.mod")) draft.lock(words[0], words[1]);
  }
}

constexpr std::array<FactFile, 4> kFiles{{
    {"go.mod", false, read_go_mod},
    {"go.work", false, nullptr},
    {"go.sum", true, read_go_sum},
    {"go.work.sum", true, nullptr},
}};
constexpr std::array<std::string_view, 1> kEndings{".go"};
constexpr std::array<std::string_view, 1> kTests{"*_test.go"};
constexpr std::array<std::string_view, 1> kEntries{"main.go"};

}  // namespace

constinit const Ecosystem kGo{"go", same_name, kFiles, kEndings, kTests, {}, kEntries, {}};

}  // namespace toolpost::project_index
