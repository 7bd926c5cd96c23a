// SPDX-License-Identifier: Apache-2.0
// policy why: the decision about one call, with its reason, by the evaluator that decides calls.
#include "cli/commands.hpp"
#include "cli/process.hpp"
#include "json/parser.hpp"
#include "policy/requirement_facts.hpp"
#include "policy_service.hpp"

#include <toolpost/ext/policy.h>

#include <algorithm>
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
Result<bool> judge_arguments(const registry::Item& tool, const std::string& text) {
  const auto arguments = json::parse(text);
  if (!arguments) return Error{arguments.error()}.in("ARGUMENTS-JSON");
  const auto violation = tool.input->validate(arguments->root());
  std::printf("  arguments: %s\n", violation ? violation->message.c_str() : "valid");
  return !violation;
}

// The packages that the arguments name, if the plugin is one that asks the policy about them. What
// they depend on is judged when it has been resolved.
Result<bool> judge_packages(const policy::PackagePolicy& policy, const std::string& text) {
  const auto arguments = json::parse(text);
  const json::Value* packages = arguments ? arguments->root().find("packages") : nullptr;
  if (packages == nullptr || !packages->is_array()) return true;
  bool allowed = true;
  for (const json::Value& package : packages->items()) {
    if (!package.is_string()) continue;
    const auto facts = policy::facts_of_requirement(std::string{package.as_string()}, {});
    if (!facts) return facts.error();
    const policy::Verdict verdict = policy.check(*facts);
    std::printf("  package %s: %s (%s, %s)\n", facts->text().c_str(),
                verdict.allowed ? "allowed" : "denied", verdict.rule.c_str(),
                verdict.where.empty() ? "built in" : verdict.where.c_str());
    allowed = allowed && verdict.allowed;
  }
  return allowed;
}

// What a caller would reach under that name: a tool, what is read at a URI, or a prompt.
std::shared_ptr<const registry::Item> find_item(const registry::Snapshot& snapshot,
                                                const std::string& name) {
  if (auto tool = snapshot.find(mcp::ItemKind::kTool, name)) return tool;
  if (auto readable = snapshot.find_readable(name).item) return readable;
  return snapshot.find(mcp::ItemKind::kPrompt, name);
}

const char* verb_for(mcp::ItemKind kind) {
  if (kind == mcp::ItemKind::kTool) return "call";
  return kind == mcp::ItemKind::kPrompt ? "get" : "read";
}

Result<int> decide(const App& app, const config::Config& config,
                   const std::vector<std::string>& arguments) {
  const auto principal = principal_of(app, arguments[0]);
  if (!principal) return principal.error();
  const auto item = find_item(*app.registry().snapshot(), arguments[1]);
  if (!item) {
    return Error{
        Errc::kNotFound,
        "no plugin that is running has a tool, a resource or a prompt \"" + arguments[1] + "\""};
  }
  const auto decision = call::explain(app.access().rules(), principal->role, *item, arguments[1]);
  const bool has_arguments = arguments.size() >= 3 && item->kind == mcp::ItemKind::kTool;
  std::printf("%s: %s (role %s) %s %s %s%s\n", decision.allowed ? "allowed" : "denied",
              principal->name.c_str(), principal->role.c_str(),
              decision.allowed ? "may" : "may not", verb_for(item->kind), arguments[1].c_str(),
              decision.allowed && has_arguments ? "; with these arguments:" : "");
  say_where(decision);
  if (!decision.allowed || !has_arguments) {
    return decision.allowed ? EXIT_SUCCESS : config::kExitDenied;
  }
  const auto valid = judge_arguments(*item, arguments[2]);
  if (!valid) return valid.error();
  if (!*valid) return config::kExitDenied;
  const auto plugin = config.plugins.find(item->plugin_id);
  const auto grants =
      plugin == config.plugins.end() ? std::vector<std::string>{} : plugin->second.grants;
  if (std::find(grants.begin(), grants.end(), TOOLPOST_EXT_POLICY) == grants.end()) {
    return EXIT_SUCCESS;
  }
  const auto policy = load_package_policy(config);
  if (!policy) return policy.error();
  const auto packages = judge_packages(*policy, arguments[2]);
  if (!packages) return packages.error();
  return *packages ? EXIT_SUCCESS : config::kExitDenied;
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
    return decide(process.app, config, arguments);
  }();
  if (!decided) complain(decided.error().message());
  process.app.leave(with_output_written(decided ? *decided : config::kExitFailure));
}

}  // namespace toolpost::cli
