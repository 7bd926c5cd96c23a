// SPDX-License-Identifier: Apache-2.0
#include "access_setup.hpp"

namespace toolpost {

identity::AuthSettings auth_settings(const config::Config& config) {
  const config::Auth& auth = config.auth;
  return {.enabled = auth.enabled,
          .users = auth.users,
          .single_key = auth.single_key,
          .given_key = auth.given_key,
          .file_key = auth.file_key,
          .previous_key = auth.previous_key};
}

call::AccessLimits access_limits(const config::Config& config) {
  const config::Rate& rate = config.rate;
  return {.principal = {rate.principal_per_minute, rate.principal_burst},
          .address = {rate.address_per_minute, rate.address_burst},
          .tool = {rate.tool_per_minute, rate.tool_burst},
          .calls_per_principal = rate.calls_per_principal};
}

Result<policy::AccessRules> access_rules(const config::Config& config) {
  std::map<std::string, policy::RoleSource, std::less<>> roles;
  for (const auto& [name, role] : config.roles) {
    const auto origin = config.origins.find("roles." + name);
    roles.emplace(
        name, policy::RoleSource{.tools = role.tools,
                                 .resources = role.resources,
                                 .prompts = role.prompts,
                                 .projects = role.projects,
                                 .where = origin == config.origins.end() ? "" : origin->second});
  }
  return policy::AccessRules::compile(std::move(roles));
}

Result<> check_access(const config::Config& config) {
  if (auto mode = identity::choose_mode(auth_settings(config)); !mode) return mode.error();
  if (auto rules = access_rules(config); !rules) return rules.error();
  return {};
}

}  // namespace toolpost
