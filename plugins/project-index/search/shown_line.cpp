// SPDX-License-Identifier: Apache-2.0
#include "search/shown_line.hpp"

#include <algorithm>

namespace toolpost::project_index {
namespace {

constexpr std::string_view kMissing = "\xe2\x80\xa6";      // …
constexpr std::string_view kNoCharacter = "\xef\xbf\xbd";  // U+FFFD

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

// The length of the well-formed character that `text` begins with; 0 if it begins with none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  // Overlong forms, surrogates, and what is above U+10FFFF show in the second byte.
  const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t at = 2; at < length; ++at)
    if (!continues(text[at])) return 0;
  return length;
}

void append_valid(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const auto length = character_length(text);
    out += length == 0 ? kNoCharacter : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

}  // namespace

std::string shown_line(std::string_view line, std::size_t begin) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  std::size_t first = 0;
  std::size_t last = line.size();
  if (line.size() > kMaxShownBytes) {
    // A quarter before the match, the rest from it on.
    first = std::min(begin - std::min(begin, kMaxShownBytes / 4), line.size() - kMaxShownBytes);
    last = first + kMaxShownBytes;
    for (int step = 0; step < 3 && first > 0 && continues(line[first]); ++step) ++first;
    for (int step = 0; step < 3 && last < line.size() && continues(line[last]); ++step) --last;
  }
  std::string shown;
  if (first > 0) shown += kMissing;
  append_valid(line.substr(first, last - first), shown);
  if (last < line.size()) shown += kMissing;
  return shown;
}

}  // namespace toolpost::project_index
