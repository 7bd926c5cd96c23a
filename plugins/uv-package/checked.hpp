// SPDX-License-Identifier: Apache-2.0
// A value, or the sentence that says why there is none: the packaging rules' type, used everywhere
// in this plugin.
#pragma once

#include "pep/checked.hpp"

namespace toolpost::uv_package {

using pep::Checked;
using pep::Passed;
using pep::Refusal;
using pep::within;

}  // namespace toolpost::uv_package
