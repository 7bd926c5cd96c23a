// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::uv_package {

sdk::Tool make_uninstall_tool(Services& services) {
  return new_tool(services, "uninstall", "Uninstall packages",
                  "Removes packages from the project's virtual environment without changing "
                  "pyproject.toml; 'remove' does that. Packages they needed stay.")
      .input(sdk::Schema::object()
                 .required("packages", packages_schema("Names, without versions or extras"))
                 .optional("project", project_schema()))
      .destructive()
      .idempotent()
      .run([&services](const sdk::Call& call) {
        const auto names = as_names(package_texts(call.arguments()));
        if (!names) return sdk::Result::error(names.refusal().text);
        return carry_out(services, call, [&](Operation& operation) -> Checked<Passed> {
          if (auto ready = operation.require_environment(); !ready) return ready;
          return operation.run(uninstall_arguments(operation.project().environment, *names));
        });
      });
}

}  // namespace toolpost::uv_package
