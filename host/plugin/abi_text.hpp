// SPDX-License-Identifier: Apache-2.0
// Text that has come through the ABI.
#pragma once

#include <toolpost/plugin.h>

#include <string_view>

namespace toolpost::plugin {

// An empty one may have no place.
inline std::string_view view(const toolpost_str& text) noexcept {
  return text.size == 0 ? std::string_view{} : std::string_view{text.data, text.size};
}

}  // namespace toolpost::plugin
