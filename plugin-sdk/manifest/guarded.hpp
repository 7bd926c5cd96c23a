// SPDX-License-Identifier: Apache-2.0
// Runs what a plugin may end the process in, in a process of its own.
#pragma once

#include <functional>
#include <string>

namespace toolpost::manifest {

// What `work` returns. It throws, begun with `plugin`, what `work` throws, and that the process was
// ended before `work` had returned.
std::string run_guarded(const std::string& plugin, const std::function<std::string()>& work);

}  // namespace toolpost::manifest
