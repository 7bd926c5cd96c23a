// SPDX-License-Identifier: Apache-2.0
// Who wants to know how far a long piece of work is. Called on the thread that asked for the work,
// a few times a second at most; may be empty.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace toolpost::project_index {

using Progress =
    std::function<void(std::uint64_t done, std::uint64_t total, std::string_view what)>;

}  // namespace toolpost::project_index
