// SPDX-License-Identifier: Apache-2.0
#include "gate.hpp"

#include "output.hpp"
#include "pep/package_name.hpp"

#include <array>

namespace toolpost::uv_package {

namespace {

constexpr std::size_t kMaxDenialsTold = 20;

// The lists of the configuration hold names and nothing else. Rules of a policy file may depend on
// a version or a source that is not known before the resolution.
bool is_about_names(const std::string& rule) {
  static constexpr std::array<std::string_view, 2> kLists = {"blocked_packages",
                                                             "allowed_packages"};
  const std::string_view list = std::string_view(rule).substr(0, rule.find('['));
  return list == kLists[0] || list == kLists[1];
}

// The host says "b 1.0: blocked by …"; here the way to b stands in that place.
std::string without_subject(const std::string& message, const std::string& name) {
  const std::size_t colon = message.find(": ");
  if (colon == std::string::npos || message.compare(0, name.size(), name) != 0) return message;
  return message.substr(colon + 2);
}

std::string told(const sdk::Denial& denial, const std::string& name, const std::string& subject) {
  std::string reason = without_subject(denial.message, name);
  if (reason.find(denial.rule) == std::string::npos) reason += " (rule " + denial.rule + ")";
  return subject + ": " + cleaned_line(reason);
}

}  // namespace

Checked<Passed> Gate::judge_project(const std::string& path) const {
  const sdk::Verdict verdict = policy_.check_project(path);
  if (verdict.is_allowed()) return Passed{};
  if (verdict.denials().empty()) return Refusal{verdict.problem()};
  return Refusal{told(verdict.denials().front(), path, path)};
}

Checked<Passed> Gate::judge(const ResolvedSet& set, const std::string& purpose) const {
  std::vector<sdk::PolicyPackage> asked;
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < set.packages.size(); ++at) {
    const ResolvedPackage& package = set.packages[at];
    if (package.is_local) continue;
    asked.push_back({package.name, package.version, package.source,
                     std::vector<std::string>(package.extras.begin(), package.extras.end())});
    places.push_back(at);
  }
  const sdk::Verdict verdict = policy_.check_packages(asked);
  if (verdict.is_allowed()) return Passed{};
  if (verdict.denials().empty()) return Refusal{verdict.problem()};
  std::string text = purpose + " is denied by policy, nothing was changed:";
  std::size_t count = 0;
  for (const sdk::Denial& denial : verdict.denials()) {
    if (++count > kMaxDenialsTold) {
      text += "\nand " + std::to_string(verdict.denials().size() - kMaxDenialsTold) + " more";
      break;
    }
    const std::size_t place = places.at(denial.package);
    const ResolvedPackage& package = set.packages[place];
    text += "\n" + told(denial, package.name, set.path_to(place) + " " + package.version);
  }
  return Refusal{text};
}

Checked<Passed> Gate::judge_names(const std::vector<pep::Requirement>& requirements) const {
  std::vector<sdk::PolicyPackage> asked;
  asked.reserve(requirements.size());
  for (const pep::Requirement& requirement : requirements) {
    asked.push_back({requirement.name, "", "", requirement.extras});
  }
  const sdk::Verdict verdict = policy_.check_packages(asked);
  if (verdict.is_allowed()) return Passed{};
  if (verdict.denials().empty()) return Refusal{verdict.problem()};
  for (const sdk::Denial& denial : verdict.denials()) {
    if (!is_about_names(denial.rule)) continue;
    const std::string name = pep::normalized_name(requirements.at(denial.package).name);
    return Refusal{"packages[" + std::to_string(denial.package) +
                   "] is denied by policy, nothing was changed:\n" + told(denial, name, name)};
  }
  return Passed{};
}

}  // namespace toolpost::uv_package
