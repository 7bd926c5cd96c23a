// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"
#include "confined_path.hpp"
#include "project_check.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::uv_package {

namespace {

using sdk::Call;
using sdk::Result;
using sdk::Schema;

// Each item is the directory of a project below a root. uv builds it, so it is checked like the
// project itself.
Checked<std::vector<std::string>> editable_directories(const Operation& operation,
                                                       const std::vector<std::string>& texts) {
  if (!operation.settings().build_project) {
    return Refusal{
        "editable: build_project is false in the configuration, and an editable "
        "installation builds the project"};
  }
  std::vector<std::string> roots = {operation.project().path};
  roots.insert(roots.end(), operation.settings().roots.begin(), operation.settings().roots.end());
  std::vector<std::string> out;
  for (const std::string& text : texts) {
    const std::string item = "packages[" + std::to_string(out.size()) + "]";
    if (text.empty() || text.front() == '-') {
      return within(item, {"is not the path of a project (editable takes directories)"});
    }
    const auto directory = directory_below_any(roots, text);
    if (!directory) return within(item, directory.refusal());
    if (!exists_without_following(directory->path + "/pyproject.toml")) {
      return Refusal{item + ": " + directory->path +
                     " has no pyproject.toml; editable takes directories of local projects, "
                     "packages of an index are installed without it"};
    }
    auto checked = check_project(directory->path, operation.rules());
    if (!checked) return within(item, checked.refusal());
    out.push_back(directory->path);
  }
  return out;
}

Checked<Passed> install_editable(Operation& operation, const std::vector<std::string>& texts) {
  const auto directories = editable_directories(operation, texts);
  if (!directories) return directories.refusal();
  if (auto ready = operation.ensure_environment(); !ready) return ready;
  return operation.run(install_editable_arguments(operation.project().environment, *directories));
}

Result install(Services& services, const Call& call) {
  const std::vector<std::string> texts = package_texts(call.arguments());
  if (call.arguments().value_or("editable", false)) {
    return carry_out(services, call,
                     [&](Operation& operation) { return install_editable(operation, texts); });
  }
  const auto requirements = as_requirements(texts);
  if (!requirements) return Result::error(requirements.refusal().text);
  return carry_out(services, call, [&](Operation& operation) -> Checked<Passed> {
    if (auto ready = operation.ensure_environment(); !ready) return ready;
    return operation.run(install_arguments(operation.project().environment, *requirements, false));
  });
}

}  // namespace

sdk::Tool make_install_tool(Services& services) {
  return new_tool(services, "install", "Install packages",
                  "Installs packages into the project's virtual environment without writing them "
                  "into pyproject.toml; 'add' does that. Creates the environment when there is "
                  "none. Only wheels are installed; nothing foreign is built.")
      .input(
          Schema::object()
              .required("packages", packages_schema("Requirements such as \"requests\" or "
                                                    "\"requests[socks]>=2.31,<3\". With editable: "
                                                    "directories of local projects."))
              .optional("editable",
                        Schema::boolean("Install local projects in place").default_value(false))
              .optional("project", project_schema()))
      .destructive()
      .open_world()
      .run([&services](const Call& call) { return install(services, call); });
}

}  // namespace toolpost::uv_package
