// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::uv_package {

namespace {

using sdk::Call;
using sdk::Result;
using sdk::Schema;

Result install(Services& services, const Call& call) {
  const std::vector<std::string> texts = package_texts(call.arguments());
  if (call.arguments().value_or("editable", false)) {
    return carry_out(services, call,
                     [&](Operation& operation) { return operation.install_editable(texts); });
  }
  const auto requirements = as_requirements(texts);
  if (!requirements) return Result::error(requirements.refusal().text);
  if (auto judged = Gate(call).judge_names(*requirements); !judged) {
    return Result::error(judged.refusal().text);
  }
  return carry_out(services, call, [&](Operation& operation) {
    return operation.install(texts_of(*requirements));
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
              .optional("editable", Schema::boolean("Install local projects in place")
                                        .default_value(false)
                                        .loggable())
              .optional("project", project_schema()))
      .destructive()
      .open_world()
      .run([&services](const Call& call) { return install(services, call); });
}

}  // namespace toolpost::uv_package
