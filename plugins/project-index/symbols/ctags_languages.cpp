// SPDX-License-Identifier: Apache-2.0
// The patterns are names, endings and beginnings, some with sets such as "[Mm]akefile": those are
// written out, so that a name is looked up and not matched.
#include "symbols/ctags_languages.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace toolpost::project_index {
namespace {

constexpr std::size_t kMaxWrittenOut = 256;

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// What is made of "stage.cmake.in" is "stage.cmake", and it is written in that language.
std::string_view without_template_ending(std::string_view name) {
  static constexpr std::string_view kTemplate = ".in";
  const bool is_template =
      name.size() > kTemplate.size() && name.substr(name.size() - kTemplate.size()) == kTemplate;
  return is_template ? name.substr(0, name.size() - kTemplate.size()) : name;
}

std::string_view next_word(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t end = std::min(line.find(' ', begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

// "[Mm]ake" gives "Make" and "make".
std::vector<std::string> written_out(std::string_view pattern) {
  std::vector<std::string> all{""};
  while (!pattern.empty()) {
    const std::size_t close = pattern.find(']');
    const bool is_set = pattern.front() == '[' && close != std::string_view::npos;
    const std::string_view choices = is_set ? pattern.substr(1, close - 1) : pattern.substr(0, 1);
    std::vector<std::string> longer;
    for (const std::string& text : all) {
      for (const char choice : choices) longer.push_back(text + choice);
    }
    if (longer.size() > kMaxWrittenOut) return {};
    all = std::move(longer);
    pattern.remove_prefix(is_set ? close + 1 : 1);
  }
  return all;
}

bool is_left_out(std::string_view language) {
  std::string_view rest = CtagsLanguages::kLeftOut;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (rest.substr(0, comma) == language) return true;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return false;
}

// The program in "#!/usr/bin/env python3 -u", without its version.
std::string_view interpreter_in(std::string_view content) {
  if (content.substr(0, 2) != "#!") return {};
  std::string_view line = content.substr(2, content.find('\n') - 2);
  std::string_view word = last_part(next_word(line));
  while (word == "env" || (!word.empty() && word.front() == '-')) word = last_part(next_word(line));
  while (!word.empty() &&
         (std::isdigit(static_cast<unsigned char>(word.back())) != 0 || word.back() == '.')) {
    word.remove_suffix(1);
  }
  return word;
}

std::string_view ending_of_script(std::string_view interpreter) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kScripts{{
      {"ash", ".sh"},
      {"awk", ".awk"},
      {"bash", ".sh"},
      {"dash", ".sh"},
      {"gawk", ".awk"},
      {"ksh", ".sh"},
      {"lua", ".lua"},
      {"node", ".js"},
      {"perl", ".pl"},
      {"php", ".php"},
      {"python", ".py"},
      {"ruby", ".rb"},
      {"sh", ".sh"},
      {"tclsh", ".tcl"},
      {"make", ".mk"},
      {"zsh", ".sh"},
  }};
  for (const auto& [program, ending] : kScripts) {
    if (program == interpreter) return ending;
  }
  return {};
}

}  // namespace

CtagsLanguages CtagsLanguages::read(std::string_view maps) {
  CtagsLanguages out;
  while (!maps.empty()) {
    const std::size_t end = std::min(maps.find('\n'), maps.size());
    std::string_view line = maps.substr(0, end);
    maps.remove_prefix(std::min(end + 1, maps.size()));
    const std::string_view language = next_word(line);
    if (language.empty() || is_left_out(language)) continue;
    ++out.count_;
    for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
      if (word.front() == '[' && word.back() == ']' && word.find(']') + 1 == word.size()) {
        continue;  // "[disabled]"
      }
      for (const std::string& pattern : written_out(word)) out.add(pattern);
    }
  }
  return out;
}

void CtagsLanguages::add(std::string_view pattern) {
  if (pattern.substr(0, 2) == "*." && pattern.find('.', 2) == std::string_view::npos) {
    endings_.emplace(pattern.substr(2));
  } else if (pattern.front() == '*') {
    long_endings_.emplace_back(pattern.substr(1));
  } else if (pattern.back() == '*') {
    beginnings_.emplace_back(pattern.substr(0, pattern.size() - 1));
  } else {
    names_.emplace(pattern);
  }
}

bool CtagsLanguages::is_known(std::string_view name) const {
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos && endings_.count(std::string(name.substr(dot + 1))) != 0) {
    return true;
  }
  if (names_.count(std::string(name)) != 0) return true;
  const auto begins = [name](const std::string& text) {
    return name.substr(0, text.size()) == text;
  };
  const auto ends = [name](const std::string& text) {
    return name.size() >= text.size() && name.substr(name.size() - text.size()) == text;
  };
  return std::any_of(beginnings_.begin(), beginnings_.end(), begins) ||
         std::any_of(long_endings_.begin(), long_endings_.end(), ends);
}

bool CtagsLanguages::covers(std::string_view path) const {
  const std::string_view name = last_part(path);
  return is_known(name) || is_known(without_template_ending(name)) ||
         name.find('.') == std::string_view::npos;  // perhaps a script
}

std::string CtagsLanguages::name_for(std::string_view path, std::string_view content) const {
  const std::string_view name = last_part(path);
  std::string harmless(name.substr(name.size() - std::min<std::size_t>(name.size(), 200)));
  for (char& byte : harmless) {
    const bool is_kept = std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
                         std::string_view("._+-").find(byte) != std::string_view::npos;
    if (!is_kept) byte = '_';
  }
  if (is_known(name)) return harmless;
  if (is_known(without_template_ending(name))) {
    return std::string(without_template_ending(harmless));
  }
  const std::string_view ending = ending_of_script(interpreter_in(content));
  return ending.empty() ? std::string() : harmless + std::string(ending);
}

}  // namespace toolpost::project_index
