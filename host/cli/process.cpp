// SPDX-License-Identifier: Apache-2.0
#include "cli/process.hpp"

#include "cli/commands.hpp"

namespace toolpost::cli {

std::unique_ptr<Log> open_log(const LogOptions& options) {
  auto log = Log::open(options);
  if (log) return std::move(*log);
  complain(log.error().message());
  return nullptr;
}

Process make_process(const config::Config& config, std::unique_ptr<Log> log) {
  Log& kept = *log.release();
  return {kept, *new App{config, kept}};
}

}  // namespace toolpost::cli
