// SPDX-License-Identifier: Apache-2.0
#include "base/base64.hpp"

#include <cstdint>

namespace toolpost {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    out.push_back(kAlphabet[group >> 18]);
    out.push_back(kAlphabet[group >> 12 & 63]);
    out.push_back(i + 1 < bytes.size() ? kAlphabet[group >> 6 & 63] : '=');
    out.push_back(i + 2 < bytes.size() ? kAlphabet[group & 63] : '=');
  }
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::string bytes;
  std::uint32_t bits = 0;
  std::size_t digits = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (++digits % 4 == 0) {
      bytes.push_back(static_cast<char>(bits >> 16 & 255));
      bytes.push_back(static_cast<char>(bits >> 8 & 255));
      bytes.push_back(static_cast<char>(bits & 255));
    }
  }
  if (padding == 1) {
    if ((bits & 3) != 0) return std::nullopt;
    bytes.push_back(static_cast<char>(bits >> 10 & 255));
    bytes.push_back(static_cast<char>(bits >> 2 & 255));
  } else if (padding == 2) {
    if ((bits & 15) != 0) return std::nullopt;
    bytes.push_back(static_cast<char>(bits >> 4 & 255));
  }
  return bytes;
}

void append_base64url(std::string& out, std::string_view bytes) {
  const std::size_t begin = out.size();
  append_base64(out, bytes);
  while (out.size() > begin && out.back() == '=') out.pop_back();
  for (std::size_t i = begin; i < out.size(); ++i) {
    if (out[i] == '+') out[i] = '-';
    if (out[i] == '/') out[i] = '_';
  }
}

std::optional<std::string> decode_base64url(std::string_view text) {
  std::string other{text};
  for (char& c : other) {
    if (c == '+' || c == '/' || c == '=') return std::nullopt;
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  while (other.size() % 4 != 0) other.push_back('=');
  return decode_base64(other);
}

}  // namespace toolpost
