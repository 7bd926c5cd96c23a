// SPDX-License-Identifier: Apache-2.0
// policy check: what the package policy says of packages, without a server and without plugins.
#include "cli/commands.hpp"
#include "pep/index_url.hpp"
#include "policy/requirement_facts.hpp"
#include "policy_service.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace toolpost::cli {
namespace {

Result<std::vector<policy::PackageFacts>> read_packages(const std::vector<std::string>& texts,
                                                        const std::string& source) {
  if (!source.empty()) {
    const auto parts = pep::parse_http_url(source);
    if (!parts) return invalid("--source " + parts.refusal().text);
    if (parts->has_credentials) return invalid("--source has credentials; rules have none");
  }
  std::vector<policy::PackageFacts> out;
  for (const std::string& text : texts) {
    auto facts = policy::facts_of_requirement(text, source);
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
