// SPDX-License-Identifier: Apache-2.0
#include "policy/package_rules.hpp"

#include <algorithm>

namespace toolpost::policy {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& item : list) out.append(out.empty() ? "" : ", ").append(item);
  return out;
}

// What an allowed package lacks; empty when it meets every condition.
std::string unmet(const PackageRule& rule, const PackageFacts& package) {
  if (rule.versions && !package.version) {
    return "only versions " + rule.versions_text + " are allowed, and its version is not known";
  }
  if (rule.versions && !rule.versions->contains(*package.version)) {
    return "only versions " + rule.versions_text + " are allowed";
  }
  if (!rule.sources.empty() && !contains(rule.sources, package.source)) {
    return package.source.empty()
               ? "it may come from certain sources only, and its source is not known"
               : "it may not come from this source";
  }
  if (rule.extras) {
    for (const std::string& extra : package.extras) {
      if (contains(*rule.extras, extra)) continue;
      return rule.extras->empty() ? "it is allowed without extras only"
                                  : "of its extras only " + joined(*rule.extras) + " are allowed";
    }
  }
  return {};
}

// Why a rule that denies is about this package; nothing when it is not.
std::optional<std::string> meets(const PackageRule& rule, const PackageFacts& package) {
  std::string why;
  const auto also = [&](std::string_view part) {
    why.append(why.empty() ? "" : " and ").append(part);
  };
  if (rule.versions) {
    if (package.version && !rule.versions->contains(*package.version)) return std::nullopt;
    also("versions " + rule.versions_text + " are denied" +
         (package.version ? "" : " and its version is not known"));
  }
  if (!rule.sources.empty()) {
    if (!package.source.empty() && !contains(rule.sources, package.source)) return std::nullopt;
    also(package.source.empty() ? "its source is not known" : "its source is denied");
  }
  if (rule.extras) {
    const auto used =
        std::find_if(package.extras.begin(), package.extras.end(),
                     [&](const auto& extra) { return contains(*rule.extras, extra); });
    if (used == package.extras.end()) return std::nullopt;
    also("its extra " + *used + " is denied");
  }
  return why;
}

}  // namespace

Result<PackageRules> PackageRules::compile(std::string file, std::string where_default,
                                           std::vector<PackageRule> rules, Effect by_default) {
  PackageRules out;
  out.file_ = std::move(file);
  out.where_default_ = std::move(where_default);
  out.default_ = by_default;
  out.rules_ = std::move(rules);
  for (std::size_t i = 0; i < out.rules_.size(); ++i) {
    for (const PackagePattern& name : out.rules_[i].names) {
      out.index_.add(name, static_cast<NameIndex::Id>(i));
    }
  }
  if (const auto done = out.index_.finish(); !done) return done.error();
  return out;
}

Verdict PackageRules::check(const PackageFacts& package) const {
  const auto named = index_.find(package.name);
  if (!named) {
    return {false, file_, where_default_,
            package.text() + ": denied because the rules of " + file_ + " ran out of memory"};
  }
  for (const NameIndex::Id id : *named) {
    const PackageRule& rule = rules_[id];
    if (rule.effect == Effect::kAllow) {
      const std::string why = unmet(rule, package);
      if (!why.empty()) return denied(id, package, why);
      return {true, file_ + ": rules[" + std::to_string(id) + "]", rule.where, {}};
    }
    if (const auto why = meets(rule, package)) return denied(id, package, *why);
  }
  const std::string rule = file_ + ": default";
  if (default_ == Effect::kAllow) return {true, rule, where_default_, {}};
  return {false, rule, where_default_,
          package.text() + ": denied by " + rule + ", as no rule allows it"};
}

Verdict PackageRules::denied(std::size_t place, const PackageFacts& package,
                             const std::string& why) const {
  const PackageRule& rule = rules_[place];
  const std::string id = file_ + ": rules[" + std::to_string(place) + "]";
  std::string message = package.text() + ": denied by " + id;
  if (!why.empty()) message.append(": ").append(why);
  if (!rule.reason.empty()) message.append(" (").append(rule.reason).append(")");
  return {false, id, rule.where, std::move(message)};
}

}  // namespace toolpost::policy
