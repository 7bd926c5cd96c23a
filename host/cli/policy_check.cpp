// SPDX-License-Identifier: Apache-2.0
// policy check: what the package policy says of packages, without a server and without plugins.
#include "cli/commands.hpp"
#include "pep/index_url.hpp"
#include "pep/requirement.hpp"
#include "policy_service.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace toolpost::cli {
namespace {

// The version that a requirement pins; empty when it leaves a choice.
std::string pinned_version(const pep::Requirement& requirement) {
  if (requirement.specifiers.size() != 1) return {};
  const pep::Specifier& only = requirement.specifiers.front();
  const bool pins = (only.op == "==" && !only.version.ends_with(".*")) || only.op == "===";
  return pins ? only.version : std::string{};
}

Result<policy::PackageFacts> read_package(const std::string& text, const std::string& source) {
  const auto requirement = pep::parse_requirement(text);
  if (!requirement) return invalid(requirement.refusal().text);
  const std::string version = pinned_version(*requirement);
  policy::WrittenPackage written{
      .name = requirement->name, .version = version, .source = source, .extras = {}};
  written.extras.assign(requirement->extras.begin(), requirement->extras.end());
  return policy::package_facts(written);
}

Result<std::vector<policy::PackageFacts>> read_packages(const std::vector<std::string>& texts,
                                                        const std::string& source) {
  if (!source.empty()) {
    const auto parts = pep::parse_http_url(source);
    if (!parts) return invalid("--source " + parts.refusal().text);
    if (parts->has_credentials) return invalid("--source has credentials; rules have none");
  }
  std::vector<policy::PackageFacts> out;
  for (const std::string& text : texts) {
    auto facts = read_package(text, source);
    if (!facts) return facts.error().in("PACKAGE '" + text + "'");
    out.push_back(std::move(*facts));
  }
  return out;
}

void print(const policy::PackageFacts& package, const policy::Verdict& verdict) {
  std::printf("%s: %s\n", verdict.allowed ? "allowed" : "denied", package.text().c_str());
  std::printf("  rule:  %s\n", verdict.rule.c_str());
  std::printf("  where: %s\n", verdict.where.empty() ? "built in" : verdict.where.c_str());
  if (!verdict.message.empty()) std::printf("  says:  %s\n", verdict.message.c_str());
}

}  // namespace

int policy_check(const config::Config& config, const std::vector<std::string>& packages,
                 const std::string& source) {
  const auto asked = read_packages(packages, source);
  if (!asked) {
    complain("policy check: " + asked.error().message());
    return config::kExitUsage;
  }
  const auto policy = load_package_policy(config);
  if (!policy) {
    for (const std::string& line : policy.error().lines()) complain(line);
    return config::kExitFailure;
  }
  int exit_code = EXIT_SUCCESS;
  for (const policy::PackageFacts& package : *asked) {
    const policy::Verdict verdict = policy->check(package);
    print(package, verdict);
    if (!verdict.allowed) exit_code = config::kExitDenied;
  }
  return exit_code;
}

}  // namespace toolpost::cli
