// SPDX-License-Identifier: Apache-2.0
// Words are what blanks, commas and brackets separate; a colon belongs to the key before it.
#include "ecosystems/languages/script_calls.hpp"

#include "ecosystems/draft.hpp"

#include <algorithm>
#include <cctype>

namespace toolpost::project_index {
namespace {

constexpr std::size_t kMaxArguments = 1024;
constexpr std::size_t kMaxWords = 64;
constexpr std::string_view kBetween = " \t\r\n,[]()";

bool is_name_byte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_';
}

// Up to the bracket that closes the call, or as much as is looked at.
std::string_view arguments_at(std::string_view code, std::size_t begin) {
  const std::string_view text = code.substr(begin, kMaxArguments);
  int depth = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) return text.substr(0, at);
  }
  return text;
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kBetween), text.size()));
    if (text.empty() || words.size() == kMaxWords) return words;
    const char quote = text.front();
    if (quote == '"' || quote == '\'') {
      const std::size_t end = std::min(text.find(quote, 1), text.size());
      words.emplace_back(text.substr(1, end - 1));
      text.remove_prefix(std::min(end + 1, text.size()));
      continue;
    }
    const std::size_t end = std::min(text.find_first_of(kBetween), text.size());
    if (text.substr(0, end) == ":" && !words.empty()) {
      words.back() += ':';
    } else {
      words.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(end);
  }
}

}  // namespace

std::string ScriptCall::word(std::size_t index) const {
  return index < words.size() ? words[index] : std::string();
}

std::string ScriptCall::after(std::string_view key) const {
  const auto found = std::find(words.begin(), words.end(), key);
  return found == words.end() || found + 1 == words.end() ? std::string() : *(found + 1);
}

void for_each_call(std::string_view code, const std::vector<std::string_view>& wanted,
                   const std::function<void(const ScriptCall&)>& on_call) {
  std::size_t at = 0;
  while (at < code.size()) {
    if (!is_name_byte(code[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < code.size() && is_name_byte(code[at])) ++at;
    const std::string_view name = code.substr(begin, at - begin);
    while (at < code.size() && (code[at] == ' ' || code[at] == '\t')) ++at;
    if (at >= code.size() || code[at] != '(') continue;
    ++at;
    constexpr std::size_t kLongestName = 64;
    if (name.size() > kLongestName) continue;
    const std::string lower = lower_name(name);
    if (std::find(wanted.begin(), wanted.end(), lower) == wanted.end()) continue;
    on_call({lower, words_in(arguments_at(code, at))});
  }
}

}  // namespace toolpost::project_index
