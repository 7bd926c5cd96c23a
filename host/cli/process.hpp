// SPDX-License-Identifier: Apache-2.0
// How a subcommand that runs plugins begins: a log and an App, neither of which is ever destroyed.
#pragma once

#include "app.hpp"
#include "config/config.hpp"

#include <memory>

namespace toolpost::cli {

// Opens the log; null after saying why not.
std::unique_ptr<Log> open_log(const LogOptions& options);

struct Process {
  Log& log;
  App& app;
};

Process make_process(const config::Config& config, std::unique_ptr<Log> log);

}  // namespace toolpost::cli
