// SPDX-License-Identifier: Apache-2.0
#include "documents/discovery.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::project_index {

namespace {

constexpr unsigned kUsualProjects = 100;
constexpr unsigned kMostProjects = 1000;
constexpr unsigned kUsualDepth = 4;
constexpr unsigned kMostDepth = 32;

std::string project_lines(const sdk::Json& document) {
  std::string out;
  const sdk::JsonArray& projects = document.at("projects").as_array();
  for (const sdk::Json& one : projects) {
    out += in_one_line(one.at("directory").as_string()) + ":";
    if (one.find("name") != nullptr) out += " " + in_one_line(one.at("name").as_string());
    if (one.find("version") != nullptr) out += " " + in_one_line(one.at("version").as_string());
    out += " (";
    const char* separator = "";
    for (const sdk::Json& ecosystem : one.at("ecosystems").as_array()) {
      out += separator + ecosystem.as_string();
      separator = ", ";
    }
    out += ")\n";
  }
  const std::string where = " below " + document.at("workspace").as_string();
  return out + closing_line(document, projects.size(), {"project" + where, "projects" + where});
}

sdk::Schema output_schema() {
  const auto texts = sdk::Schema::array(sdk::Schema::string());
  const auto project =
      sdk::Schema::object()
          .required("project", sdk::Schema::string("What the argument project or path takes"))
          .required("directory", sdk::Schema::string("Below the workspace"))
          .required("ecosystems", texts)
          .required("manifests", texts)
          .optional("name", sdk::Schema::string())
          .optional("version", sdk::Schema::string())
          .optional("description", sdk::Schema::string());
  return sdk::Schema::object()
      .required("workspace", sdk::Schema::string("Absolute path of the directory looked into"))
      .optional("partial", sdk::Schema::string("Why this is not everything"))
      .required("projects", sdk::Schema::array(project))
      .required("is_cut", sdk::Schema::boolean())
      .optional("cut_by", sdk::Schema::string())
      .optional("next_skip", sdk::Schema::integer())
      .required("left_out", sdk::Schema::object().allow_other_members());
}

}  // namespace

sdk::Tool make_discover_projects_tool(Services& services) {
  return new_tool(services, "discover_projects", "Discover projects",
                  "Finds projects below the workspace's root by their manifests "
                  "(pyproject.toml, package.json, Cargo.toml, go.mod, pom.xml, CMakeLists.txt and "
                  "others).")
      .input(sdk::Schema::object()
                 .optional("workspace_path",
                           path_schema("Directory to look into: the workspace's root or one below "
                                       "it, relative to it or absolute")
                               .default_value("."))
                 .optional("max_depth", sdk::Schema::integer("How deep a project may lie")
                                            .minimum(0)
                                            .maximum(kMostDepth)
                                            .default_value(kUsualDepth))
                 .optional("skip", skip_schema())
                 .optional("limit", limit_schema(kUsualProjects, kMostProjects)))
      .output(output_schema())
      .run(handler(services, [&services](const sdk::Call& call, const Work& work) {
        Discovery wanted;
        wanted.directory = work.in_workspace(call.argument("workspace_path"));
        wanted.max_depth =
            static_cast<unsigned>(call.arguments().value_or("max_depth", int{kUsualDepth}));
        wanted.page = page_of(call, kUsualProjects);
        wanted.may_use = [&work](const std::string& path) { return work.may_use(path); };
        sdk::Json document = discovery_document(services.settings, wanted, work.stop());
        std::string text = project_lines(document);
        return answered(std::move(document), std::move(text));
      }));
}

}  // namespace toolpost::project_index
