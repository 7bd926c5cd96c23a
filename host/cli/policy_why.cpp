// SPDX-License-Identifier: Apache-2.0
// policy why: the decision about one call, with its reason, by the evaluator that decides calls.
#include "cli/commands.hpp"
#include "cli/process.hpp"
#include "json/parser.hpp"

#include <cstdio>
#include <cstdlib>

namespace toolpost::cli {
namespace {

constexpr std::string_view kRolePrefix = "role:";

Result<identity::Principal> principal_of(const App& app, const std::string& user) {
  if (user.starts_with(kRolePrefix)) {
    std::string role = user.substr(kRolePrefix.size());
    if (app.access().rules().knows(role))
      return identity::Principal{.name = user, .role = role, .key_id = {}};
    return Error{Errc::kNotFound,
                 "there is no role \"" + role + "\"; roles are defined under roles"};
  }
  const identity::Authenticator& authenticator = app.authenticator();
  if (authenticator.is_open() && user == identity::kLocal) return identity::local_principal();
  if (identity::has_single_key(authenticator.mode()) && user == identity::kLegacy) {
    return identity::Principal{.name = user, .role = "admin", .key_id = {}};
  }
  if (auto found = authenticator.find_user(user)) return std::move(*found);
  return Error{Errc::kNotFound,
               "\"" + user +
                   "\" is nobody who could call now: no enabled user of the store, nor a "
                   "principal of this mode; a role can be asked for as role:NAME"};
}

void say_where(const policy::Decision& decision) {
  std::printf("  rule:  %s\n", decision.rule.c_str());
  std::printf("  where: %s\n", decision.where.empty() ? "built in" : decision.where.c_str());
}

// True when the tool takes them.
Result<bool> judge_arguments(const registry::Tool& tool, const std::string& text) {
  const auto arguments = json::parse(text);
  if (!arguments) return Error{arguments.error()}.in("ARGUMENTS-JSON");
  const auto violation = tool.input.validate(arguments->root());
  std::printf("  arguments: %s\n", violation ? violation->message.c_str() : "valid");
  return !violation;
}

Result<int> decide(const App& app, const std::vector<std::string>& arguments) {
  const auto principal = principal_of(app, arguments[0]);
  if (!principal) return principal.error();
  const auto tool = app.registry().snapshot()->find_tool(arguments[1]);
  if (!tool)
    return Error{Errc::kNotFound, "no plugin that is running has a tool \"" + arguments[1] + "\""};
  const auto decision = app.access().rules().explain_tool(principal->role, call::facts_of(*tool));
  std::printf("%s: %s (role %s) %s call %s\n", decision.allowed ? "allowed" : "denied",
              principal->name.c_str(), principal->role.c_str(),
              decision.allowed ? "may" : "may not", tool->name.c_str());
  say_where(decision);
  if (!decision.allowed || arguments.size() < 3) {
    return decision.allowed ? EXIT_SUCCESS : config::kExitDenied;
  }
  const auto valid = judge_arguments(*tool, arguments[2]);
  if (!valid) return valid.error();
  return *valid ? EXIT_SUCCESS : config::kExitDenied;
}

}  // namespace

int policy_why(const config::Config& config, const std::vector<std::string>& arguments) {
  LogOptions options = config.log;
  if (options.level == LogLevel::kInfo) options.level = LogLevel::kWarn;
  auto log = open_log(options);
  if (!log) return config::kExitFailure;
  const Process process = make_process(config, std::move(log));
  auto decided = [&]() -> Result<int> {
    if (auto started = process.app.start(); !started) return started.error();
    return decide(process.app, arguments);
  }();
  if (!decided) complain(decided.error().message());
  std::fflush(stdout);
  process.app.leave(decided ? *decided : config::kExitFailure);
}

}  // namespace toolpost::cli
