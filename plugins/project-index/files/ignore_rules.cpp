// SPDX-License-Identifier: Apache-2.0
#include "files/ignore_rules.hpp"

#include "files/small_letters.hpp"

#include <algorithm>
#include <utility>

namespace toolpost::project_index {

namespace {

// What git takes for the beginning of a pattern: everything before is compared as it stands.
std::size_t literal_length(std::string_view glob) {
  return std::min(glob.find_first_of("*?[\\"), glob.size());
}

// Blanks at the end count only behind a backslash. Tabs always do.
std::string_view without_trailing_blanks(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == ' ') continue;
    if (line[at] == '\\' && ++at == line.size()) return line;
    end = at + 1;
  }
  return line.substr(0, end);
}

// ".txt" of "*.txt": rules of this form are found by the last dot of a name.
std::string_view plain_suffix(std::string_view glob) {
  if (glob.size() < 3 || glob.substr(0, 2) != "*.") return {};
  const std::string_view suffix = glob.substr(1);
  return suffix.find_first_of("*?[\\.", 1) == std::string_view::npos ? suffix : std::string_view();
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

IgnoreFile IgnoreFile::parse(std::string_view text, std::string base, std::string above,
                             bool ignores_case) {
  IgnoreFile out;
  out.base_ = std::move(base);
  out.above_ = ignores_case ? small_letters(above) : std::move(above);
  out.ignores_case_ = ignores_case;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.front() == '#') continue;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    line = line.substr(0, line.find('\0'));  // git sees C strings
    out.add(without_trailing_blanks(line));
  }
  return out;
}

void IgnoreFile::add(std::string_view line) {
  Rule rule;
  if (!line.empty() && line.front() == '!') {
    rule.is_negative = true;
    line.remove_prefix(1);
  }
  if (!line.empty() && line.back() == '/') {
    rule.wants_directory = true;
    line.remove_suffix(1);
  }
  if (line.empty()) return;
  rule.has_path = line.find('/') != std::string_view::npos;
  if (line.front() == '/') line.remove_prefix(1);
  const auto letters = ignores_case_ ? Wildmatch::Letters::kSmall : Wildmatch::Letters::kAsWritten;
  const auto key = [this](std::string_view text) {
    return ignores_case_ ? small_letters(text) : std::string(text);
  };
  const auto number = static_cast<std::uint32_t>(rules_.size());
  const std::size_t literal = literal_length(line);
  if (literal == line.size()) {
    by_name_[key(rule.has_path ? last_part(line) : line)].push_back(number);
  } else if (const auto suffix = plain_suffix(line); !rule.has_path && !suffix.empty()) {
    by_suffix_[key(suffix)].push_back(number);
  } else {
    searched_.push_back(number);
  }
  if (rule.has_path) {
    // git begins its globs behind the literal beginning: "a**/b" is "a" and then "**/b".
    rule.literal = key(line.substr(0, literal));
    rule.glob = Wildmatch(line.substr(literal), Wildmatch::Slashes::kSpecial, letters);
  } else {
    rule.glob = Wildmatch(line, Wildmatch::Slashes::kOrdinary, letters);
  }
  rules_.push_back(std::move(rule));
}

bool IgnoreFile::matches(const Rule& rule, const Candidate& candidate) const {
  if (rule.wants_directory && !candidate.is_directory) return false;
  if (!rule.has_path) return rule.glob.matches(candidate.name);
  std::string joined;
  std::string_view path = candidate.path;
  if (!above_.empty()) {
    joined.append(above_).append("/").append(path);
    path = joined;
  } else if (!base_.empty()) {
    if (path.size() <= base_.size()) return false;
    path.remove_prefix(base_.size() + 1);
  }
  if (path.substr(0, rule.literal.size()) != rule.literal) return false;
  return rule.glob.matches(path.substr(rule.literal.size()));
}

int IgnoreFile::last_of(const std::vector<std::uint32_t>& numbers, const Candidate& candidate,
                        int best) const {
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    if (static_cast<int>(*number) <= best) return best;
    if (matches(rules_[*number], candidate)) return static_cast<int>(*number);
  }
  return best;
}

Verdict IgnoreFile::verdict(const Candidate& candidate) const {
  if (!ignores_case_) return verdict_as_written(candidate);
  const std::string path = small_letters(candidate.path);
  return verdict_as_written({path, last_part(path), candidate.is_directory});
}

Verdict IgnoreFile::verdict_as_written(const Candidate& candidate) const {
  int last = -1;
  if (const auto same = by_name_.find(candidate.name); same != by_name_.end()) {
    last = last_of(same->second, candidate, last);
  }
  const std::size_t dot = candidate.name.rfind('.');
  if (!by_suffix_.empty() && dot != std::string_view::npos) {
    const auto same = by_suffix_.find(candidate.name.substr(dot));
    if (same != by_suffix_.end()) last = last_of(same->second, candidate, last);
  }
  last = last_of(searched_, candidate, last);
  if (last < 0) return Verdict::kNone;
  return rules_[static_cast<std::size_t>(last)].is_negative ? Verdict::kKept : Verdict::kIgnored;
}

IgnoreLevel::IgnoreLevel(std::shared_ptr<const IgnoreLevel> above, IgnoreFile file)
    : above_(std::move(above)), file_(std::move(file)) {}

Verdict IgnoreLevel::verdict(const Candidate& candidate) const {
  for (const IgnoreLevel* level = this; level != nullptr; level = level->above_.get()) {
    const Verdict verdict = level->file_.verdict(candidate);
    if (verdict != Verdict::kNone) return verdict;
  }
  return Verdict::kNone;
}

}  // namespace toolpost::project_index
