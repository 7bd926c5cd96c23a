// SPDX-License-Identifier: Apache-2.0
#include "base/write_all.hpp"
#include "cli/commands.hpp"
#include "cli/process.hpp"
#include "config/exposure.hpp"
#include "config/load.hpp"
#include "http_setup.hpp"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace toolpost::cli {
namespace {

Result<> start(Process process, std::string_view command) {
  if (auto opened = process.app.open_audit(command); !opened) return opened;
  return process.app.start();
}

int end(Process process, const Result<>& result) {
  if (!result) {
    for (const std::string& line : result.error().lines()) process.log.error(line);
  }
  process.app.leave(result ? EXIT_SUCCESS : config::kExitFailure);
}

int serve_over_http(const config::Config& config, const App::LoadConfig& load, bool is_dev) {
  if (auto exposed = config::check_exposure(config); !exposed) {
    complain(exposed.error().message());
    return config::kExitFailure;
  }
  if (auto sound = check_http(config); !sound) {
    complain(sound.error().message());
    return config::kExitFailure;
  }
  auto manager = ops::Notifier::from(config::process_environment(), ::getpid());
  if (!manager) {
    complain(manager.error().message());
    return config::kExitFailure;
  }
  auto log = open_log(config.log);
  if (!log) return config::kExitFailure;
  const Process process = make_process(config, std::move(log));
  process.app.report_to(std::move(*manager));
  process.app.reload_from(load);
  if (is_dev) process.app.watch_files();
  if (auto started = start(process, "http"); !started) return end(process, started);
  return end(process, process.app.serve_http());
}

}  // namespace

int serve_http(const config::Config& config, const App::LoadConfig& load) {
  return serve_over_http(config, load, false);
}

int serve_dev(const config::Config& config, const App::LoadConfig& load) {
  return serve_over_http(config, load, true);
}

int serve_stdio(const config::Config& config, const App::LoadConfig& load) {
  UniqueFd out = transport::take_stdout();
  auto log = open_log(config.log);
  if (!log) return config::kExitFailure;
  const Process process = make_process(config, std::move(log));
  process.app.reload_from(load);
  if (auto started = start(process, "stdio"); !started) return end(process, started);
  return end(process, process.app.serve_stdio(std::move(out)));
}

int call_tool(const config::Config& config, const std::string& tool, const std::string& arguments) {
  const UniqueFd out = transport::take_stdout();
  LogOptions options = config.log;
  // Somebody looks at a terminal: what is normal need not be said.
  if (options.level == LogLevel::kInfo) options.level = LogLevel::kWarn;
  auto log = open_log(options);
  if (!log) return config::kExitFailure;
  const Process process = make_process(config, std::move(log));
  if (auto started = start(process, "call"); !started) return end(process, started);
  const auto report = process.app.call_once(tool, arguments, [](const std::string& notification) {
    std::fprintf(stderr, "%s\n", notification.c_str());
  });
  if (!report) {
    complain(report.error().message());
    process.app.leave(config::kExitFailure);
  }
  if (auto written = write_all(out.get(), report->json + "\n"); !written) {
    complain("write to standard output: " + written.error().message());
    process.app.leave(config::kExitFailure);
  }
  if (!report->was_called) process.app.leave(config::kExitFailure);
  process.app.leave(report->is_error ? config::kExitToolError : EXIT_SUCCESS);
}

}  // namespace toolpost::cli
