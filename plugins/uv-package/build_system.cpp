// SPDX-License-Identifier: Apache-2.0
#include "build_system.hpp"

#include "arguments.hpp"
#include "pep/package_name.hpp"
#include "pep/requirement.hpp"
#include "pep/version_set.hpp"
#include "toml_file.hpp"

namespace toolpost::uv_package {

namespace {

// PEP 517: what holds for a project that says nothing.
constexpr std::string_view kDefaultRequirement = "setuptools>=40.8.0";
// Its editable builds ask for this beyond what the project lists.
constexpr std::string_view kHatchling = "hatchling.build";
constexpr std::string_view kHatchlingEditable = "editables~=0.3";

Checked<std::vector<pep::Requirement>> parse_all(const toml::array* list,
                                                 const std::string& where) {
  std::vector<pep::Requirement> out;
  if (list == nullptr) return out;
  for (const toml::node& item : *list) {
    const auto text = item.value<std::string>();
    const std::string at = where + "[" + std::to_string(out.size()) + "]";
    if (!text) return Refusal{at + " is not a requirement"};
    auto parsed = pep::parse_requirement(*text);
    if (!parsed) return within(at, parsed.refusal());
    out.push_back(std::move(*parsed));
  }
  return out;
}

// uv builds with the backend inside itself when that is all the project asks for.
bool is_part_of_uv(const toml::table& build, const std::vector<pep::Requirement>& requirements,
                   std::string_view uv_version) {
  if (text_at(build, "build-backend") != "uv_build" || build.contains("backend-path")) return false;
  if (requirements.size() != 1 || !requirements.front().marker.empty() ||
      pep::normalized_name(requirements.front().name) != "uv-build") {
    return false;
  }
  std::string specifiers;
  for (const pep::Specifier& part : requirements.front().specifiers) {
    specifiers += (specifiers.empty() ? "" : ",") + part.op + part.version;
  }
  const auto versions = pep::VersionSet::parse(specifiers);
  const auto version = pep::Version::parse(uv_version);
  return versions && version && versions->contains(*version);
}

}  // namespace

Checked<BuildSystem> read_build_system(const std::string& directory, std::string_view uv_version) {
  const std::string file = directory + "/pyproject.toml";
  const auto document = read_toml(file, kMaxProjectFile);
  if (!document) return document.refusal();
  if (!document->has_value()) return Refusal{file + " disappeared"};
  BuildSystem out;
  const auto constraints =
      parse_all((**document)["tool"]["uv"]["build-constraint-dependencies"].as_array(),
                file + ": build-constraint-dependencies");
  if (!constraints) return constraints.refusal();
  out.constraints = texts_of(*constraints);
  const toml::table* build = (**document)["build-system"].as_table();
  if (build == nullptr) {
    out.requirements = {std::string(kDefaultRequirement)};
    return out;
  }
  const auto requirements =
      parse_all((*build)["requires"].as_array(), file + ": build-system.requires");
  if (!requirements) return requirements.refusal();
  if (is_part_of_uv(*build, *requirements, uv_version)) return out;
  out.requirements = texts_of(*requirements);
  if (text_at(*build, "build-backend") == kHatchling) {
    out.requirements.emplace_back(kHatchlingEditable);
  }
  return out;
}

}  // namespace toolpost::uv_package
