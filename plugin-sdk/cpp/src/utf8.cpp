// SPDX-License-Identifier: Apache-2.0
// The table of well-formed byte sequences (Unicode, table 3-7) as comparisons.
#include "utf8.hpp"

namespace toolpost::sdk {
namespace {

unsigned byte_at(std::string_view text, std::size_t offset) noexcept {
  return offset < text.size() ? static_cast<unsigned char>(text[offset]) : 0U;
}

bool is_between(unsigned byte, unsigned low, unsigned high) noexcept {
  return byte >= low && byte <= high;
}

bool is_continuation(unsigned byte) noexcept {
  return is_between(byte, 0x80, 0xBF);
}

}  // namespace

std::size_t utf8_length_at(std::string_view text, std::size_t offset) noexcept {
  const unsigned first = byte_at(text, offset);
  if (first < 0x80) return 1;
  const unsigned second = byte_at(text, offset + 1);
  if (is_between(first, 0xC2, 0xDF)) return is_continuation(second) ? 2 : 0;

  const bool third_fits = is_continuation(byte_at(text, offset + 2));
  if (is_between(first, 0xE0, 0xEF)) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;   // below: overlong
    const unsigned high = first == 0xED ? 0x9F : 0xBF;  // above: surrogates
    return is_between(second, low, high) && third_fits ? 3 : 0;
  }
  if (is_between(first, 0xF0, 0xF4)) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;   // below: overlong
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;  // above: past U+10FFFF
    const bool fourth_fits = is_continuation(byte_at(text, offset + 3));
    return is_between(second, low, high) && third_fits && fourth_fits ? 4 : 0;
  }
  return 0;
}

}  // namespace toolpost::sdk
