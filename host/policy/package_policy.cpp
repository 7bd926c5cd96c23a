// SPDX-License-Identifier: Apache-2.0
#include "policy/package_policy.hpp"

#include "policy/rules_reader.hpp"

namespace toolpost::policy {
namespace {

Verdict out_of_memory(const PackageList& list, const PackageFacts& package) {
  return {false, list.name(), list.where(),
          package.text() + ": denied because " + list.name() + " ran out of memory"};
}

}  // namespace

Result<PackagePolicy> PackagePolicy::compile(const PolicySource& source) {
  Problems problems;
  PackagePolicy out;
  out.allowed_ = PackageList::compile(source.allowed, problems);
  out.blocked_ = PackageList::compile(source.blocked, problems);
  if (!source.file.empty()) {
    out.rules_ = read_package_rules({source.file, source.file_text}, problems);
  }
  if (!problems.empty()) return problems.to_error();
  return out;
}

bool PackagePolicy::is_configured() const noexcept {
  return !allowed_.empty() || !blocked_.empty() || rules_.has_value();
}

Verdict PackagePolicy::check(const PackageFacts& package) const {
  const auto blocked = blocked_.find(package.name);
  if (!blocked.known) return out_of_memory(blocked_, package);
  if (blocked.entry) {
    const std::string rule = blocked_.rule(*blocked.entry);
    return {false, rule, blocked_.where(), package.text() + ": blocked by " + rule};
  }
  Verdict allowed{true, "no rule", {}, {}};
  if (!allowed_.empty()) {
    const auto found = allowed_.find(package.name);
    if (!found.known) return out_of_memory(allowed_, package);
    if (!found.entry) {
      return {false, allowed_.name(), allowed_.where(),
              package.text() + ": denied by " + allowed_.name() + ", which does not name it"};
    }
    allowed = {true, allowed_.rule(*found.entry), allowed_.where(), {}};
  }
  return rules_ ? rules_->check(package) : allowed;
}

}  // namespace toolpost::policy
