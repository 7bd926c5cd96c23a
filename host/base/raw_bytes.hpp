// SPDX-License-Identifier: Apache-2.0
// A text as the bytes that libraries in C take.
#pragma once

#include <string>
#include <string_view>

namespace toolpost {

inline const unsigned char* raw(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

inline unsigned char* raw(std::string& text) noexcept {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace toolpost
