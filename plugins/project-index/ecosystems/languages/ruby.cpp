// SPDX-License-Identifier: Apache-2.0
// Ruby: Gemfile, gemspecs and Gemfile.lock.
#include "ecosystems/ecosystem.hpp"
#include "ecosystems/languages/requirement.hpp"
#include "ecosystems/languages/script_text.hpp"

#include <re2/re2.h>

#include <array>
#include <string>

namespace toolpost::project_index {
namespace {

// '"~> 1.2", ">= 1.2.3"' without its quotes.
std::string requirement_of(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte != '"' && byte != '\'') out += byte;
  }
  return out;
}

constexpr const char* kRequirements = R"(((?:\s*,\s*["'][^"'\n]*["'])*))";

std::string without_first_comma(const std::string& text) {
  const std::size_t comma = text.find(',');
  return comma == std::string::npos ? std::string()
                                    : requirement_of(trimmed(text.substr(comma + 1)));
}

void read_gemfile(std::string_view text, Draft& draft) {
  static const re2::RE2 kGem(std::string(R"(^\s*gem[\s(]+["']([^"']+)["'])") + kRequirements);
  static const re2::RE2 kGroup(R"(^\s*group[\s(]+:?["']?(\w+).*\bdo\b)");
  static const re2::RE2 kInline(R"(\bgroups?(?::|\s*=>|:\s*)\s*\[?\s*:?["']?(\w+))");
  static const re2::RE2 kBlock(R"(\bdo\b\s*(?:\|[^|]*\|)?\s*$)");
  static const re2::RE2 kEnd(R"(^\s*end\b)");
  const std::string code = without_hash_comments(text);
  std::string_view rest = code;
  std::vector<std::string> groups;
  std::string name;
  std::string requirement;
  while (!rest.empty()) {
    const std::string line(next_line(rest));
    std::string group;
    if (re2::RE2::PartialMatch(line, kGroup, &group)) {
      groups.push_back(group);
    } else if (re2::RE2::PartialMatch(line, kBlock)) {
      groups.push_back(groups.empty() ? "" : groups.back());
    } else if (re2::RE2::PartialMatch(line, kEnd)) {
      if (!groups.empty()) groups.pop_back();
    } else if (re2::RE2::PartialMatch(line, kGem, &name, &requirement)) {
      if (!re2::RE2::PartialMatch(line, kInline, &group))
        group = groups.empty() ? "" : groups.back();
      draft.declare(name, without_first_comma(requirement), group == "development" ? "dev" : group);
    }
  }
}

void read_gemspec(std::string_view text, Draft& draft) {
  static const re2::RE2 kDependency(
      std::string(R"(\.add_(runtime_|development_)?dependency[\s(]+["']([^"']+)["'])") +
      kRequirements);
  static const re2::RE2 kField(R"(\.(name|version|summary)\s*=\s*["']([^"']+)["'])");
  static const re2::RE2 kCommands(R"(\.executables\s*=\s*(?:\[|%w\[)([^\]]*)\])");
  static const re2::RE2 kWord(R"(([\w\-]+))");
  const std::string code = without_hash_comments(text);
  std::string kind;
  std::string name;
  std::string requirement;
  re2::StringPiece rest(code);
  while (re2::RE2::FindAndConsume(&rest, kDependency, &kind, &name, &requirement)) {
    draft.declare(name, without_first_comma(requirement), kind == "development_" ? "dev" : "");
  }
  rest = code;
  while (re2::RE2::FindAndConsume(&rest, kField, &kind, &name)) {
    if (kind == "name") draft.set_name(name);
    if (kind == "version") draft.set_version(name);
    if (kind == "summary") draft.set_description(name);
  }
  if (re2::RE2::PartialMatch(code, kCommands, &name)) {
    re2::StringPiece words(name);
    std::string word;
    while (re2::RE2::FindAndConsume(&words, kWord, &word)) {
      draft.enter(word, "command", word, "exe/" + word);
    }
  }
}

// Below "specs:", four blanks, a name and its version in parentheses. Six blanks: what it needs.
void read_gemfile_lock(std::string_view text, Draft& draft) {
  bool is_path = false;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (!line.empty() && line.front() != ' ') is_path = line == "PATH";
    if (!line.starts_with("    ") || line.size() < 5 || line[4] == ' ') continue;
    const std::size_t open = line.find(" (");
    const std::size_t close = line.find(')', std::min(open, line.size()));
    if (open == std::string_view::npos || close == std::string_view::npos) continue;
    const std::string_view name = line.substr(4, open - 4);
    if (is_path) draft.ignore_in_lock(name);
    // "1.15.0-x86_64-linux" is built for one platform.
    std::string_view version = line.substr(open + 2, close - open - 2);
    version = version.substr(0, version.find('-'));
    draft.lock(name, version);
  }
}

constexpr std::array<FactFile, 5> kFiles{{
    {"Gemfile", false, read_gemfile},
    {"gems.rb", false, read_gemfile},
    {"*.gemspec", false, read_gemspec},
    {"Gemfile.lock", true, read_gemfile_lock},
    {"gems.locked", true, read_gemfile_lock},
}};
constexpr std::array<std::string_view, 2> kEndings{".rb", ".rake"};
constexpr std::array<std::string_view, 3> kTests{"*_spec.rb", "*_test.rb", "test_*.rb"};
constexpr std::array<std::string_view, 1> kEntries{"config.ru"};
constexpr std::array<std::string_view, 2> kTopEntries{"main.rb", "app.rb"};

}  // namespace

constinit const Ecosystem kRuby{"ruby", same_name, kFiles,   kEndings,
                                kTests, {},        kEntries, kTopEntries};

}  // namespace toolpost::project_index
