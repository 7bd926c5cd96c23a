// SPDX-License-Identifier: Apache-2.0
#include "base64.hpp"

#include <cstddef>
#include <cstdint>

namespace toolpost::sdk::detail {

std::string to_base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto byte_at = [&](std::size_t index) {
    return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : std::uint32_t{0};
  };
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t start = 0; start < bytes.size(); start += 3) {
    const std::uint32_t group =
        byte_at(start) << 16U | byte_at(start + 1) << 8U | byte_at(start + 2);
    text += kDigits[group >> 18U];
    text += kDigits[group >> 12U & 63U];
    text += start + 1 < bytes.size() ? kDigits[group >> 6U & 63U] : '=';
    text += start + 2 < bytes.size() ? kDigits[group & 63U] : '=';
  }
  return text;
}

}  // namespace toolpost::sdk::detail
