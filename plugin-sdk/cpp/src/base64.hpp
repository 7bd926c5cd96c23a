// SPDX-License-Identifier: Apache-2.0
// Base64 of RFC 4648 with padding, for the places where the host does not encode.
#pragma once

#include <string>
#include <string_view>

namespace toolpost::sdk::detail {

std::string to_base64(std::string_view bytes);

}  // namespace toolpost::sdk::detail
