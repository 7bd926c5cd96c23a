// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include "pep/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace toolpost::uv_package {

namespace {

constexpr std::size_t kMaxLine = 200;
constexpr char kEscape = '\x1b';
constexpr char kBell = '\x07';

// Terminal sequences: "ESC [ … final", "ESC ] … BEL" (or "… ESC \"), and two-character ones.
std::size_t escape_sequence_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {
    std::size_t end = 2;
    while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
    return std::min(end + 1, text.size());
  }
  if (text[1] == ']') {
    for (std::size_t end = 2; end < text.size(); ++end) {
      if (text[end] == kBell) return end + 1;
      if (text[end] == kEscape && end + 1 < text.size() && text[end + 1] == '\\') return end + 2;
    }
    return text.size();
  }
  return 2;
}

struct Decoded {
  char32_t code = 0;
  std::size_t length = 0;  // 0: not UTF-8
};

Decoded decode_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
  char32_t code = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {};
    code = (code << 6U) | (byte(i) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {code, length};
}

// Control characters, and the invisible ones that reorder or hide what is around them.
bool must_be_spelled_out(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x2069) ||
         code == 0xfeff || (code >= 0xe0000 && code <= 0xe007f);
}

void append_hex(std::string& out, char32_t code, int digits) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out += kDigits[(code >> static_cast<unsigned>(shift)) & 0xfU];
  }
}

void append_spelled_out(std::string& out, char32_t code) {
  if (code < 0x100) {
    out += "\\x";
    append_hex(out, code, 2);
  } else {
    out += "\\u{";
    append_hex(out, code, 5);
    out += '}';
  }
}

// A carriage return alone rewrites its line on a terminal: only what came last was to be seen.
void start_line_over(std::string& out) {
  const std::size_t line = out.rfind('\n');
  out.resize(line == std::string::npos ? 0 : line + 1);
}

std::string plain_text(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const char c = raw.front();
    if (c == kEscape) {
      raw.remove_prefix(escape_sequence_length(raw));
      continue;
    }
    if (c == '\r') {
      raw.remove_prefix(1);
      if (!raw.empty() && raw.front() != '\n') start_line_over(out);
      continue;
    }
    const Decoded decoded = decode_utf8(raw);
    const std::size_t length = decoded.length == 0 ? 1 : decoded.length;
    if (decoded.length == 0) {
      append_spelled_out(out, static_cast<unsigned char>(c));
    } else if (c != '\n' && c != '\t' && must_be_spelled_out(decoded.code)) {
      append_spelled_out(out, decoded.code);
    } else {
      out += raw.substr(0, length);
    }
    raw.remove_prefix(length);
  }
  return out;
}

constexpr bool ends_authority(char c) noexcept {
  return c == '/' || c == '?' || c == '#' || c == ' ' || c == '\n' || c == '\t' || c == '"' ||
         c == '\'' || c == '`' || c == '<' || c == '>';
}

bool is_continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

std::string with_middle_left_out(const std::string& text, std::size_t limit) {
  if (text.size() <= limit) return text;
  // The end holds the error, the start what led to it; the end gets the larger share.
  std::size_t head = limit / 3;
  std::size_t tail = text.size() - (limit - head);
  while (head > 0 && is_continuation(text[head])) --head;
  while (tail < text.size() && is_continuation(text[tail])) ++tail;
  return text.substr(0, head) + "\n[… " + std::to_string(tail - head) + " bytes left out …]\n" +
         text.substr(tail);
}

}  // namespace

std::string without_credentials(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return out += text;
    const std::size_t start = scheme + 3;
    std::size_t end = start;
    while (end < text.size() && !ends_authority(text[end])) ++end;
    const std::size_t at = text.substr(start, end - start).rfind('@');
    out += text.substr(0, start);
    if (at != std::string_view::npos) out += "***";
    text.remove_prefix(at == std::string_view::npos ? start : start + at);
  }
}

std::string cleaned_output(std::string_view raw, std::size_t limit) {
  // Credentials first as a whole, then the cut: a cut through one would hide it from the search.
  std::string text = without_credentials(plain_text(raw));
  while (!text.empty() && (text.back() == '\n' || pep::is_blank(text.back()))) text.pop_back();
  return with_middle_left_out(text, limit);
}

std::string cleaned_line(std::string_view raw) {
  while (!raw.empty() && (raw.back() == '\n' || raw.back() == '\r')) raw.remove_suffix(1);
  std::string text = without_credentials(plain_text(raw));
  for (char& c : text) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  std::size_t size = std::min(text.size(), kMaxLine);
  while (size > 0 && size < text.size() && is_continuation(text[size])) --size;
  text.resize(size);
  return std::string(pep::trimmed(text));
}

}  // namespace toolpost::uv_package
