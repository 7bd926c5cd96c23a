// SPDX-License-Identifier: Apache-2.0
// Environment markers of PEP 508. They are checked, not evaluated: uv evaluates them.
#pragma once

#include "pep/checked.hpp"

#include <string_view>

namespace toolpost::pep {

inline constexpr int kMaxMarkerDepth = 32;

// The text after the semicolon.
Checked<Passed> check_marker(std::string_view text);

}  // namespace toolpost::pep
