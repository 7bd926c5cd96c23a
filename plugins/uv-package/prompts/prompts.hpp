// SPDX-License-Identifier: Apache-2.0
// The prompts: a question about a project's packages, with what the project's files say to it.
#pragma once

#include "services.hpp"

#include <toolpost/prompt.hpp>

#include <vector>

namespace toolpost::uv_package {

// `services` outlives them.
std::vector<sdk::Prompt> make_prompts(const Services& services);

}  // namespace toolpost::uv_package
