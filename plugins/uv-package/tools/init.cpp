// SPDX-License-Identifier: Apache-2.0
#include "confined_path.hpp"
#include "pep/package_name.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::uv_package {

namespace {

Checked<Passed> init_steps(Operation& operation, const std::string& name) {
  const std::string parent = operation.project().path;
  const std::string target = name.empty() ? parent : parent + "/" + name;
  if (!name.empty() && exists_without_following(target)) {
    const auto inside = directory_below(parent, name, Links::kNone);
    if (!inside) return inside.refusal();
  }
  if (exists_without_following(target + "/pyproject.toml")) {
    return Refusal{target + " is a project already (it has a pyproject.toml)"};
  }
  if (auto done = operation.run(init_arguments(operation.settings(), name)); !done) return done;
  operation.report_on(target);
  return Passed{};
}

}  // namespace

sdk::Tool make_init_tool(Services& services) {
  return new_tool(services, "init", "Create a project",
                  "Creates a Python project: pyproject.toml, README.md, .python-version and a "
                  "first module. With a name in a new directory of that name, without one in the "
                  "project's directory itself.")
      .input(sdk::Schema::object()
                 .optional("name", sdk::Schema::string("Name of the project and its directory")
                                       .min_length(1)
                                       .max_length(pep::kMaxNameLength)
                                       .loggable())
                 .optional("project", project_schema()))
      .run([&services](const sdk::Call& call) {
        const std::string name = call.arguments().value_or("name", "");
        if (!name.empty() && !pep::is_package_name(name)) {
          return sdk::Result::error(
              "name is not a project name: letters, digits and '-_.', a letter or digit at both "
              "ends");
        }
        return carry_out(services, call,
                         [&](Operation& operation) { return init_steps(operation, name); });
      });
}

}  // namespace toolpost::uv_package
