// SPDX-License-Identifier: Apache-2.0
// A value, or the sentence that says why there is none: used everywhere in this plugin.
#pragma once

#include "pep/checked.hpp"

namespace toolpost::project_index {

using pep::Checked;
using pep::Passed;
using pep::Refusal;
using pep::within;

}  // namespace toolpost::project_index
