// SPDX-License-Identifier: Apache-2.0
// Upgrading means two things: packages that the project locks get newer versions in uv.lock and
// then in the environment; packages that were only installed get newer versions there.
#include "arguments.hpp"
#include "pep/package_name.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::uv_package {

namespace {

using sdk::Call;
using sdk::Result;

struct Targets {
  Upgrade locked;
  std::vector<std::string> installed;
};

// Without names: everything that is locked or, in a directory that is no project, installed.
Checked<Targets> choose_targets(const Operation& operation, const std::vector<std::string>& names) {
  Targets out;
  if (names.empty()) {
    out.locked.all = operation.project().has_pyproject;
    if (out.locked.all) return out;
    for (const auto& [name, versions] : operation.installed().packages) {
      if (operation.installed().direct.count(name) == 0) out.installed.push_back(name);
    }
    return out;
  }
  for (const std::string& name : names) {
    const std::string normal = pep::normalized_name(name);
    if (operation.project().has_pyproject && operation.locked().count(normal) != 0) {
      out.locked.packages.push_back(normal);
    } else if (operation.installed().packages.count(normal) != 0) {
      out.installed.push_back(normal);
    } else {
      return Refusal{"'" + name + "' is neither in uv.lock nor installed; use 'add' or 'install'"};
    }
  }
  return out;
}

Checked<Passed> upgrade_steps(Operation& operation, const std::vector<std::string>& names) {
  const auto targets = choose_targets(operation, names);
  if (!targets) return targets.refusal();
  // Both kinds are judged before either changes anything.
  const bool has_locked = targets->locked.all || !targets->locked.packages.empty();
  if (has_locked) {
    auto resolved = operation.resolve(lock_arguments(operation.settings(), targets->locked));
    if (!resolved) return resolved;
  }
  ResolvedSet installed;
  if (!targets->installed.empty()) {
    if (auto ready = operation.require_environment(); !ready) return ready;
    auto resolved = operation.resolve_installed(targets->installed);
    if (!resolved) return resolved.refusal();
    installed = std::move(*resolved);
  }
  if (has_locked) {
    if (auto synced = operation.sync(Extent::kSufficient); !synced) return synced;
  }
  return targets->installed.empty() ? Passed{} : operation.install_judged(installed);
}

}  // namespace

sdk::Tool make_upgrade_tool(Services& services) {
  return new_tool(services, "upgrade", "Upgrade packages",
                  "Moves packages to the newest versions that the project's requirements allow: "
                  "in uv.lock and the environment for locked ones, in the environment alone for "
                  "installed ones. Without names: everything that is locked, or in a directory "
                  "without pyproject.toml everything that is installed.")
      .input(sdk::Schema::object()
                 .optional("packages", packages_schema("Names, without versions or extras"))
                 .optional("project", project_schema()))
      .destructive()
      .open_world()
      .run([&services](const Call& call) {
        const auto names = as_names(package_texts(call.arguments()));
        if (!names) return Result::error(names.refusal().text);
        return carry_out(services, call,
                         [&](Operation& operation) { return upgrade_steps(operation, *names); });
      });
}

}  // namespace toolpost::uv_package
