// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::uv_package {

namespace {

using sdk::Call;
using sdk::Result;
using sdk::Schema;

Schema dev_schema(const char* description) {
  return Schema::boolean(description).default_value(false).loggable();
}

// Both edit pyproject.toml and uv.lock first and install afterwards.
Checked<Passed> edit_and_sync(Operation& operation, const Arguments& edit, Extent extent) {
  if (auto ready = operation.require_pyproject(); !ready) return ready;
  if (auto resolved = operation.resolve(edit); !resolved) return resolved;
  return operation.sync(extent);
}

Result add(Services& services, const Call& call) {
  const auto requirements = as_requirements(package_texts(call.arguments()));
  if (!requirements) return Result::error(requirements.refusal().text);
  if (auto judged = Gate(call).judge_names(*requirements); !judged) {
    return Result::error(judged.refusal().text);
  }
  const bool dev = call.arguments().value_or("dev", false);
  return carry_out(services, call, [&](Operation& operation) {
    return edit_and_sync(operation,
                         add_arguments(operation.settings(), texts_of(*requirements), dev),
                         Extent::kSufficient);
  });
}

Result remove(Services& services, const Call& call) {
  const auto names = as_names(package_texts(call.arguments()));
  if (!names) return Result::error(names.refusal().text);
  const bool dev = call.arguments().value_or("dev", false);
  return carry_out(services, call, [&](Operation& operation) {
    return edit_and_sync(operation, remove_arguments(operation.settings(), *names, dev),
                         Extent::kExact);
  });
}

}  // namespace

sdk::Tool make_add_tool(Services& services) {
  return new_tool(services, "add", "Add dependencies",
                  "Writes packages into the project's pyproject.toml as dependencies, updates "
                  "uv.lock and installs what is missing.")
      .input(Schema::object()
                 .required("packages", packages_schema("Requirements such as \"requests\" or "
                                                       "\"requests[socks]>=2.31,<3\""))
                 .optional("dev", dev_schema("Add them to the development dependencies"))
                 .optional("project", project_schema()))
      .open_world()
      .run([&services](const Call& call) { return add(services, call); });
}

sdk::Tool make_remove_tool(Services& services) {
  return new_tool(services, "remove", "Remove dependencies",
                  "Removes packages from the project's pyproject.toml, updates uv.lock and brings "
                  "the environment to exactly what is locked: packages that nothing in the "
                  "project needs are uninstalled.")
      .input(Schema::object()
                 .required("packages", packages_schema("Names, without versions or extras"))
                 .optional("dev", dev_schema("Remove them from the development dependencies"))
                 .optional("project", project_schema()))
      .destructive()
      .open_world()
      .run([&services](const Call& call) { return remove(services, call); });
}

}  // namespace toolpost::uv_package
