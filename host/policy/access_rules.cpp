// SPDX-License-Identifier: Apache-2.0
#include "policy/access_rules.hpp"

#include "policy/glob.hpp"

#include <algorithm>

namespace toolpost::policy {
namespace {

constexpr std::string_view kPlugin = "plugin:";
constexpr std::string_view kReadOnly = "@read-only";

// A tool's name has no '@' and no ':', so a selector means one thing only.
bool selects_tool(std::string_view selector, const ToolFacts& tool) {
  if (selector == kReadOnly) return tool.read_only;
  if (selector.starts_with(kPlugin)) return selector.substr(kPlugin.size()) == tool.plugin_id;
  return matches_glob(selector, tool.name);
}

bool is_below(std::string_view directory, std::string_view path) {
  if (directory == "/") return path.starts_with('/');
  if (!path.starts_with(directory)) return false;
  return path.size() == directory.size() || path[directory.size()] == '/';
}

// Paths come without links and dots from the plugin; one that has them is not compared at all.
bool is_plain_path(std::string_view path) {
  return path.starts_with('/') && path.find("/../") == std::string_view::npos &&
         path.find("/./") == std::string_view::npos && !path.ends_with("/..") &&
         !path.ends_with("/.");
}

Error bad_selector(const std::string& role, const RoleSource& source, const std::string& what) {
  Error error = invalid("roles." + role + ": " + what);
  return source.where.empty() ? error : std::move(error).in(source.where);
}

Result<> check_tool_selectors(const std::string& role, const RoleSource& source) {
  for (const std::string& selector : source.tools) {
    if (selector.empty()) return bad_selector(role, source, "tools: an entry is empty");
    if (selector.starts_with('@') && selector != kReadOnly) {
      return bad_selector(role, source,
                          "tools: there is no group \"" + selector + "\"; the only one is " +
                              std::string{kReadOnly});
    }
    if (selector == kPlugin) {
      return bad_selector(role, source, "tools: \"plugin:\" wants a plugin id behind it");
    }
  }
  return {};
}

}  // namespace

Result<AccessRules> AccessRules::compile(Roles roles) {
  for (const auto& [name, source] : roles) {
    if (name == kAdmin) {
      return bad_selector(name, source, "this role may do everything and cannot be redefined");
    }
    if (auto good = check_tool_selectors(name, source); !good) return good.error();
    for (const std::string& project : source.projects) {
      if (!is_plain_path(project)) {
        return bad_selector(name, source, "projects: \"" + project + "\" is no absolute path");
      }
    }
  }
  AccessRules rules;
  rules.roles_ = std::move(roles);
  return rules;
}

bool AccessRules::knows(std::string_view role) const {
  return role == kAdmin || roles_.contains(role);
}

const RoleSource* AccessRules::find(std::string_view role) const {
  const auto found = roles_.find(role);
  return found == roles_.end() ? nullptr : &found->second;
}

template <class Matches>
std::size_t AccessRules::first_match(const std::vector<std::string>& selectors, Matches matches) {
  return static_cast<std::size_t>(std::find_if(selectors.begin(), selectors.end(), matches) -
                                  selectors.begin());
}

template <class Matches>
bool AccessRules::allows(std::string_view role, const std::vector<std::string> RoleSource::*list,
                         Matches matches) const {
  if (role == kAdmin) return true;
  const RoleSource* source = find(role);
  return source != nullptr && first_match(source->*list, matches) < (source->*list).size();
}

template <class Matches>
Decision AccessRules::explain(std::string_view role, std::string_view list_name,
                              const std::vector<std::string> RoleSource::*list,
                              Matches matches) const {
  if (role.empty()) return {false, "anonymous", {}};
  std::string rule = "roles." + std::string{role};
  if (role == kAdmin) return {true, std::move(rule), {}};
  const RoleSource* source = find(role);
  if (source == nullptr) return {false, std::move(rule), {}};
  rule.append(".").append(list_name);
  const std::size_t place = first_match(source->*list, matches);
  const bool allowed = place < (source->*list).size();
  if (allowed) rule.append("[" + std::to_string(place) + "]");
  return {allowed, std::move(rule), source->where};
}

bool AccessRules::may_use_tool(std::string_view role, const ToolFacts& tool) const {
  return allows(role, &RoleSource::tools,
                [&](const std::string& selector) { return selects_tool(selector, tool); });
}

bool AccessRules::may_read(std::string_view role, std::string_view uri) const {
  return allows(role, &RoleSource::resources,
                [&](const std::string& selector) { return matches_glob(selector, uri); });
}

bool AccessRules::may_prompt(std::string_view role, std::string_view name) const {
  return allows(role, &RoleSource::prompts,
                [&](const std::string& selector) { return matches_glob(selector, name); });
}

bool AccessRules::may_use_project(std::string_view role, std::string_view path) const {
  return explain_project(role, path).allowed;
}

Decision AccessRules::explain_tool(std::string_view role, const ToolFacts& tool) const {
  return explain(role, "tools", &RoleSource::tools,
                 [&](const std::string& selector) { return selects_tool(selector, tool); });
}

Decision AccessRules::explain_resource(std::string_view role, std::string_view uri) const {
  return explain(role, "resources", &RoleSource::resources,
                 [&](const std::string& selector) { return matches_glob(selector, uri); });
}

Decision AccessRules::explain_prompt(std::string_view role, std::string_view name) const {
  return explain(role, "prompts", &RoleSource::prompts,
                 [&](const std::string& selector) { return matches_glob(selector, name); });
}

// A role without directories may use every project that the plugin's own roots allow.
Decision AccessRules::explain_project(std::string_view role, std::string_view path) const {
  const RoleSource* source = find(role);
  if (source != nullptr && source->projects.empty()) {
    return {true, "roles." + std::string{role}, source->where};
  }
  const bool plain = is_plain_path(path);
  return explain(role, "projects", &RoleSource::projects,
                 [&](const std::string& directory) { return plain && is_below(directory, path); });
}

}  // namespace toolpost::policy
