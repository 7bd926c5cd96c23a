// SPDX-License-Identifier: Apache-2.0
// Arguments and environment → configuration → one subcommand → exit code.
#include "cli/commands.hpp"
#include "config/command_line.hpp"
#include "config/load.hpp"
#include "config/print.hpp"
#include "config/secrets.hpp"
#include "early_hangup.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace toolpost;

int print(const std::string& text) {
  const bool done =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!done) cli::complain("cannot write to standard output");
  return done ? EXIT_SUCCESS : config::kExitFailure;
}

std::string binary_directory() {
  std::error_code ec;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", ec);
  return ec ? std::string{"."} : path.parent_path().string();
}

// Whoever starts us may have closed these; then the next descriptor that is opened, a socket even,
// would be taken for them. What is written to standard output then is lost, and must fail.
void open_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    const int flags = fd == STDOUT_FILENO ? O_RDONLY : O_RDWR;
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", flags) != fd) std::_Exit(EXIT_FAILURE);
  }
}

// What a process that may hold secrets owes to its machine: no core dumps, no SIGPIPE surprises.
void harden() {
  ::signal(SIGPIPE, SIG_IGN);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__)  // the leak checker traces its own process
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

// The commands for which it matters who is asking.
bool needs_keys(config::Command command) {
  switch (command) {
    case config::Command::kHttp:
    case config::Command::kDev:
    case config::Command::kStdio:
    case config::Command::kCall:
    case config::Command::kConfigCheck:
    case config::Command::kDoctor:
    case config::Command::kPolicyWhy:
      return true;
    default:
      return false;
  }
}

int run_configured(const config::CommandLine& line, const config::Config& config,
                   const App::LoadConfig& load) {
  switch (line.command) {
    case config::Command::kHttp:
      return cli::serve_http(config, load);
    case config::Command::kDev:
      return cli::serve_dev(config, load);
    case config::Command::kStdio:
      return cli::serve_stdio(config, load);
    case config::Command::kReload:
      return cli::reload(config);
    case config::Command::kCall:
      return cli::call_tool(config, line.arguments[0],
                            line.arguments.size() > 1 ? line.arguments[1] : "{}");
    case config::Command::kPolicyWhy:
      return cli::policy_why(config, line.arguments);
    case config::Command::kCreateAdmin:
      return cli::create_admin(config, line);
    case config::Command::kUsersList:
      return cli::users_list(config);
    case config::Command::kUsersRecover:
      return cli::users_recover(config, line);
    case config::Command::kPolicyCheck:
      return cli::policy_check(config, line.arguments, line.source);
    case config::Command::kPluginList:
      return cli::plugin_list(config);
    case config::Command::kPluginInspect:
      return cli::plugin_inspect(config, line.arguments[0], line.manifest);
    case config::Command::kPluginPin:
      return cli::plugin_pin(config, line.arguments);
    case config::Command::kAuditVerify:
      return cli::audit_verify(config, line.audit);
    case config::Command::kAuditExport:
      return cli::audit_export(config, line.audit, line.arguments);
    case config::Command::kAuditTail:
      return cli::audit_tail(config, line.audit);
    case config::Command::kAuditRotate:
      return cli::audit_rotate(config, line.audit);
    case config::Command::kAuditAnchor:
      return cli::audit_anchor(config, line.audit);
    case config::Command::kDoctor:
      return line.checklist ? cli::checklist(config, line.json) : cli::doctor(config, line.json);
    case config::Command::kHealthcheck:
      return cli::healthcheck(config, line.ready);
    case config::Command::kConfigCheck:
      return cli::config_check(config, line.live);
    case config::Command::kConfigPrint:
      return print(config::to_json(
          config, line.origins ? config::Origins::kAsComments : config::Origins::kHide));
    default:
      return config::kExitUsage;
  }
}

bool serves(config::Command command) {
  return command == config::Command::kHttp || command == config::Command::kDev ||
         command == config::Command::kStdio;
}

std::string working_directory() {
  std::error_code failed;
  const auto path = std::filesystem::current_path(failed);
  return failed ? std::string{} : path.string();
}

Result<config::Config> load(const config::Sources& sources, config::Command command) {
  auto config = config::load(sources);
  if (!config || !needs_keys(command)) return config;
  if (auto keys = config::read_secrets(sources.environment, *config); !keys) return keys.error();
  return config;
}

int run(const std::vector<std::string>& arguments) {
  const config::Environment environment = config::remembered_environment();
  const auto line = config::parse_command_line(arguments, environment);
  if (!line) {
    cli::complain(line.error().message());
    return config::kExitUsage;
  }
  switch (line->command) {
    case config::Command::kHelp:
      return print(line->help);
    case config::Command::kVersion:
      return cli::version(line->json);
    case config::Command::kClientPrint:
    case config::Command::kClientInstall:
    case config::Command::kClientRemove:
      return cli::client(*line, environment, binary_directory() + "/toolpost");
    case config::Command::kConfigSchema:
      return print(config::json_schema());
    case config::Command::kBackupVerify:
      return cli::backup_verify(*line, environment);
    case config::Command::kBackupRestore:
      return cli::backup_restore(*line, environment);
    default:
      break;
  }
  const config::Sources sources{.file = line->config_file,
                                .environment = environment,
                                .account_home = config::account_home,
                                .flags = line->flags,
                                .working_directory = working_directory(),
                                .binary_directory = binary_directory()};
  if (serves(line->command)) {
    remember_hangup();
    // Until debug mode listens to it; what it does by default ends a process.
    ::signal(SIGUSR1, SIG_IGN);
  }
  const auto config = load(sources, line->command);
  if (!config && line->command == config::Command::kDoctor) {
    return cli::doctor_without_config(config.error(), line->json);
  }
  if (!config) {
    cli::complain(config.error().message());
    return config::kExitFailure;
  }
  // Before the variables are forgotten: it takes them along, and starts nothing that could see
  // them.
  if (line->command == config::Command::kBackupCreate) {
    return cli::backup_create(*config, *line, environment);
  }
  config::forget_secret_variables();
  return run_configured(*line, *config,
                        [sources, command = line->command] { return load(sources, command); });
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  harden();
  try {
    return cli::with_output_written(run({argv + 1, argv + argc}));
  } catch (const std::exception& failure) {
    cli::complain(std::string{"stopped by an unexpected error: "} + failure.what());
    return config::kExitFailure;
  }
}
