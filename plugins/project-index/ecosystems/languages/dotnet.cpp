// SPDX-License-Identifier: Apache-2.0
// .NET: project files, packages.config, central versions and packages.lock.json.
#include "ecosystems/ecosystem.hpp"
#include "ecosystems/json_text.hpp"
#include "ecosystems/name_pattern.hpp"
#include "ecosystems/xml_text.hpp"

#include <array>
#include <string>

namespace toolpost::project_index {
namespace {

XmlElement xml_of(std::string_view text, Draft& draft) {
  XmlElement root;
  const std::string problem = read_xml(text, root);
  if (problem.empty()) return root;
  draft.complain(problem);
  return {};
}

// Items stand in groups: <ItemGroup><PackageReference Include="…" Version="…"/></ItemGroup>.
void declare_items(const XmlElement& root, std::string_view item, std::string_view group,
                   Draft& draft) {
  for (const XmlElement& items : root.children) {
    if (items.name != "ItemGroup") continue;
    for (const XmlElement& one : items.children) {
      if (one.name != item) continue;
      std::string_view version = one.attribute("Version");
      if (version.empty()) version = one.child_text("Version");
      draft.declare(one.attribute("Include"), version, group);
    }
  }
}

std::string_view property_of(const XmlElement& root, std::string_view name) {
  for (const XmlElement& properties : root.children) {
    if (properties.name != "PropertyGroup") continue;
    const std::string_view value = properties.child_text(name);
    if (!value.empty()) return value;
  }
  return {};
}

void read_project(std::string_view text, Draft& draft) {
  const XmlElement root = xml_of(text, draft);
  const std::string_view file = name_in(draft.source());
  std::string_view name = property_of(root, "AssemblyName");
  if (name.empty()) name = file.substr(0, file.rfind('.'));
  draft.set_name(name);
  draft.set_version(property_of(root, "Version"));
  draft.set_description(property_of(root, "Description"));
  declare_items(root, "PackageReference", "", draft);
  const std::string_view kind = property_of(root, "OutputType");
  if (kind == "Exe" || kind == "WinExe") draft.enter(name, "binary", file, "Program.cs");
}

void read_central_versions(std::string_view text, Draft& draft) {
  declare_items(xml_of(text, draft), "PackageVersion", "central", draft);
}

void read_packages_config(std::string_view text, Draft& draft) {
  const XmlElement root = xml_of(text, draft);
  for (const XmlElement& package : root.children) {
    draft.declare(package.attribute("id"), package.attribute("version"));
  }
}

void read_packages_lock(std::string_view text, Draft& draft) {
  const boost::json::object root = json_object_of(text, draft);
  for (const auto& [framework, packages] : object_at(root, "dependencies", draft)) {
    if (!packages.is_object()) continue;
    for (const auto& [name, package] : packages.get_object()) {
      if (package.is_object()) draft.lock(name, quiet_text_at(package.get_object(), "resolved"));
    }
  }
}

constexpr std::array<FactFile, 7> kFiles{{
    {"*.csproj", false, read_project},
    {"*.fsproj", false, read_project},
    {"*.vbproj", false, read_project},
    {"*.sln", false, nullptr},
    {"Directory.Packages.props", false, read_central_versions},
    {"packages.config", false, read_packages_config},
    {"packages.lock.json", true, read_packages_lock},
}};
constexpr std::array<std::string_view, 3> kEndings{".cs", ".fs", ".vb"};
constexpr std::array<std::string_view, 3> kTests{"*Tests.cs", "*Test.cs", "*Tests.fs"};
constexpr std::array<std::string_view, 2> kEntries{"Program.cs", "Program.fs"};

}  // namespace

constinit const Ecosystem kDotnet{"dotnet", lower_name, kFiles, kEndings, kTests, {}, kEntries, {}};

}  // namespace toolpost::project_index
