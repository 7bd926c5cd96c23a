// SPDX-License-Identifier: Apache-2.0
#include "policy/requirement_facts.hpp"

#include "pep/requirement.hpp"

namespace toolpost::policy {
namespace {

// The version that a requirement pins; empty when it leaves a choice.
std::string pinned_version(const pep::Requirement& requirement) {
  if (requirement.specifiers.size() != 1) return {};
  const pep::Specifier& only = requirement.specifiers.front();
  const bool pins = (only.op == "==" && !only.version.ends_with(".*")) || only.op == "===";
  return pins ? only.version : std::string{};
}

}  // namespace

Result<PackageFacts> facts_of_requirement(const std::string& text, const std::string& source) {
  const auto requirement = pep::parse_requirement(text);
  if (!requirement) return invalid(requirement.refusal().text);
  const std::string version = pinned_version(*requirement);
  WrittenPackage written{
      .name = requirement->name, .version = version, .source = source, .extras = {}};
  written.extras.assign(requirement->extras.begin(), requirement->extras.end());
  return package_facts(written);
}

}  // namespace toolpost::policy
