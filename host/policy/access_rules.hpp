// SPDX-License-Identifier: Apache-2.0
// What each role may use. The one evaluator: lists, calls and explanations ask here, so that none
// of them can say something else than another. Denied is whatever no rule allows.
#pragma once

#include "base/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::policy {

// The role that may do everything. It cannot be redefined: somebody has to be able to mend things.
inline constexpr std::string_view kAdmin = "admin";

// One role as the operator wrote it; see config/README.md for the selectors.
struct RoleSource {
  std::vector<std::string> tools{};      // a name, a glob, "plugin:ID" or "@read-only"
  std::vector<std::string> resources{};  // URIs or globs
  std::vector<std::string> prompts{};    // names or globs
  std::vector<std::string> projects{};   // absolute directories; empty: every project
  std::string where{};                   // "FILE:LINE:COLUMN"; empty: built in
};

// What decides about a tool. `read_only` is the plugin's own word, so it counts only where the
// operator trusts the plugin.
struct ToolFacts {
  std::string_view name;
  std::string_view plugin_id;
  bool read_only = false;
};

struct Decision {
  bool allowed = false;
  std::string rule;   // e.g. "roles.dev.tools[1]"; of a denial, the list in which none allows it
  std::string where;  // of that rule, as in RoleSource
};

// Immutable once compiled; every thread may ask.
class AccessRules {
 public:
  // Only what is built in: admin.
  AccessRules() = default;

  static Result<AccessRules> compile(std::map<std::string, RoleSource, std::less<>> roles);

  bool knows(std::string_view role) const;

  // Without a reason, for lists and for calls that are allowed.
  bool may_use_tool(std::string_view role, const ToolFacts& tool) const;
  bool may_read(std::string_view role, std::string_view uri) const;
  bool may_prompt(std::string_view role, std::string_view name) const;
  bool may_use_project(std::string_view role, std::string_view path) const;

  // The same answers with their reasons.
  Decision explain_tool(std::string_view role, const ToolFacts& tool) const;
  Decision explain_resource(std::string_view role, std::string_view uri) const;
  Decision explain_prompt(std::string_view role, std::string_view name) const;
  Decision explain_project(std::string_view role, std::string_view path) const;

 private:
  using Roles = std::map<std::string, RoleSource, std::less<>>;

  // Calls `matches` for each selector of one list until it holds; the list's size when none does.
  template <class Matches>
  static std::size_t first_match(const std::vector<std::string>& selectors, Matches matches);

  const RoleSource* find(std::string_view role) const;
  template <class Matches>
  bool allows(std::string_view role, const std::vector<std::string> RoleSource::*list,
              Matches matches) const;
  template <class Matches>
  Decision explain(std::string_view role, std::string_view list_name,
                   const std::vector<std::string> RoleSource::*list, Matches matches) const;

  Roles roles_;
};

}  // namespace toolpost::policy
