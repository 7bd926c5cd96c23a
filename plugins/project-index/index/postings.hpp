// SPDX-License-Identifier: Apache-2.0
// The files that hold one trigram, packed. First a byte: 0 to 30 is k of a Rice code, kBitmap says
// that a bit for each file follows. Rice: for each file the distance to the one before (minus one;
// the first: its number) as zeros for distance >> k, a one, and the k low bits, lowest first; zero
// bits fill the last byte. The shorter of the two is chosen.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// Appends; `files` is not empty, strictly ascending and below `file_count`.
void encode_postings(std::span<const std::uint32_t> files, std::uint32_t file_count,
                     std::string& out);

// Replaces `files`; false for bytes that no encoder wrote. Whatever the bytes, the result ascends
// and is below `file_count`.
bool decode_postings(std::string_view bytes, std::uint32_t file_count,
                     std::vector<std::uint32_t>& files);

}  // namespace toolpost::project_index
