// SPDX-License-Identifier: Apache-2.0
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::uv_package {

namespace {

Checked<Passed> resolve_steps(Operation& operation) {
  if (auto ready = operation.require_pyproject(); !ready) return ready;
  return operation.resolve(lock_arguments(operation.settings(), Upgrade{}));
}

Checked<Passed> lock_steps(Operation& operation) {
  if (auto resolved = resolve_steps(operation); !resolved) return resolved;
  return operation.keep();
}

Checked<Passed> sync_steps(Operation& operation) {
  if (auto resolved = resolve_steps(operation); !resolved) return resolved;
  return operation.sync(Extent::kExact);
}

}  // namespace

sdk::Tool make_lock_tool(Services& services) {
  return new_tool(services, "lock", "Lock dependencies",
                  "Brings uv.lock up to date with pyproject.toml. Versions that are locked already "
                  "stay; 'upgrade' changes them. Installs nothing.")
      .input(sdk::Schema::object().optional("project", project_schema()))
      .idempotent()
      .open_world()
      .run([&services](const sdk::Call& call) { return carry_out(services, call, lock_steps); });
}

sdk::Tool make_sync_tool(Services& services) {
  return new_tool(services, "sync", "Synchronise the environment",
                  "Brings uv.lock up to date with pyproject.toml and the virtual environment to "
                  "exactly what is locked: what is missing is installed, what is not locked is "
                  "uninstalled. Creates the environment when there is none.")
      .input(sdk::Schema::object().optional("project", project_schema()))
      .destructive()
      .idempotent()
      .open_world()
      .run([&services](const sdk::Call& call) { return carry_out(services, call, sync_steps); });
}

}  // namespace toolpost::uv_package
