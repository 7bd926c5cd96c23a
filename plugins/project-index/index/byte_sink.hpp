// SPDX-License-Identifier: Apache-2.0
// Numbers as the index file has them: little-endian, or seven bits a byte with the lowest first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace toolpost::project_index {

template <class Number>
void put_fixed(std::string& out, Number number) {
  for (unsigned byte = 0; byte < sizeof(Number); ++byte)
    out.push_back(static_cast<char>((number >> (8 * byte)) & 0xff));
}

inline void put_varint(std::string& out, std::uint64_t number) {
  char bytes[10];
  std::size_t count = 0;
  for (; number >= 0x80; number >>= 7) bytes[count++] = static_cast<char>(number | 0x80);
  bytes[count++] = static_cast<char>(number);
  out.append(bytes, count);
}

}  // namespace toolpost::project_index
