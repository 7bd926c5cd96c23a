// SPDX-License-Identifier: Apache-2.0
// What is waited for from toolpost-launch, and what its reports mean in words.
#pragma once

#include "launch_protocol.h"

#include <toolpost/process.hpp>

#include <chrono>
#include <string>

namespace toolpost::sdk::detail {

// Beyond the launcher's own limits: it has hung, or the machine has.
constexpr std::chrono::milliseconds kLauncherSlack(3000);
constexpr std::chrono::milliseconds kLauncherLimit =
    std::chrono::milliseconds(TOOLPOST_LAUNCH_GRACE_MS + TOOLPOST_LAUNCH_KILL_MS) + kLauncherSlack;

// Of a NOT_STARTED report, e.g. "cannot execute /usr/bin/x: No such file or directory".
std::string start_problem(const toolpost_launch_report& report, const Command& command);

// "was ended by signal 9 (Killed)"
std::string signal_text(int signal);

}  // namespace toolpost::sdk::detail
