// SPDX-License-Identifier: Apache-2.0
// What each subcommand does; the result is the exit code. The options are in config/command_line.
#pragma once

#include "app.hpp"
#include "config/command_line.hpp"
#include "config/config.hpp"
#include "plugin/loader/discovery.hpp"

#include <string>

namespace toolpost::cli {

// `load` reads the configuration again, for a reload.
int serve_http(const config::Config& config, const App::LoadConfig& load);
// The same for an author of plugins: what changes on the disk is taken at once.
int serve_dev(const config::Config& config, const App::LoadConfig& load);
int serve_stdio(const config::Config& config, const App::LoadConfig& load);
// Asks the servers that run with this configuration to reload, and waits for the outcome.
int reload(const config::Config& config);
int call_tool(const config::Config& config, const std::string& tool, const std::string& arguments);

// USER, TOOL and, if given, ARGUMENTS-JSON.
int policy_why(const config::Config& config, const std::vector<std::string>& arguments);

int create_admin(const config::Config& config, const config::CommandLine& line);
int users_list(const config::Config& config);
int users_recover(const config::Config& config, const config::CommandLine& line);

// `packages` are requirements; `source` is the index they come from, empty when it is not known.
int policy_check(const config::Config& config, const std::vector<std::string>& packages,
                 const std::string& source);

int plugin_list(const config::Config& config);
// `what` is a plugin id or the path of a library; without `manifest` everything known is printed.
int plugin_inspect(const config::Config& config, const std::string& what, bool manifest);
int plugin_pin(const config::Config& config, const std::vector<std::string>& ids);

// What config check and doctor say of one enabled plugin, by its manifest alone.
Result<> check_plugin(const config::Config& config, const std::string& id,
                      const plugin::Discovery& discovery);
// With `live` also of what is on the disk; changes nothing.
int config_check(const config::Config& config, bool live);
int doctor(const config::Config& config, bool json);
// Where the configuration cannot be read, so that nothing else can be looked at.
int doctor_without_config(const Error& error, bool json);
// The ten points of --checklist.
int checklist(const config::Config& config, bool json);

int backup_create(const config::Config& config, const config::CommandLine& line,
                  const config::Environment& environment);
int backup_verify(const config::CommandLine& line, const config::Environment& environment);
int backup_restore(const config::CommandLine& line, const config::Environment& environment);
// Asks the server of this configuration whether it turns, or with `ready` whether it can serve.
int healthcheck(const config::Config& config, bool ready);

int audit_verify(const config::Config& config, const config::AuditArguments& arguments);
int audit_tail(const config::Config& config, const config::AuditArguments& arguments);
int audit_rotate(const config::Config& config, const config::AuditArguments& arguments);
int audit_anchor(const config::Config& config, const config::AuditArguments& arguments);
// `directories` may be empty.
int audit_export(const config::Config& config, const config::AuditArguments& arguments,
                 const std::vector<std::string>& directories);

// Print, install or remove a client's entry for `binary`, the path of this program.
int client(const config::CommandLine& line, const config::Environment& environment,
           const std::string& binary);

int version(bool json);

// "toolpost: MESSAGE" on stderr.
void complain(const std::string& message);

// What to exit with instead of `exit_code`: a command whose answer is lost, on a full disk say, has
// not done what it was asked for. Says so.
int with_output_written(int exit_code);

// Says why a command, if one is named, has failed; what to exit with.
int fail(const Error& error, int exit_code = config::kExitFailure);
int fail(const char* command, const Error& error, int exit_code = config::kExitFailure);

}  // namespace toolpost::cli
