// SPDX-License-Identifier: Apache-2.0
#include "pep/version_set.hpp"

#include "pep/specifier.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace toolpost::pep {

namespace {

constexpr std::string_view kPrefixMark = ".*";

// "~=1.4.2" is ">=1.4.2,==1.4.*".
Version without_last_number(const Version& version) {
  std::string text = version.base().normalized();
  text.erase(text.rfind('.'));
  return *Version::parse(text);
}

bool is_equal(const Version& wanted, const Version& version) {
  return wanted.compare(wanted.has_local() ? version : version.without_local()) == 0;
}

// The pre-releases of the bound are older than it, but "<" leaves them out unless it names one.
bool is_less(const Version& version, const Version& bound) {
  return version.compare(bound.is_prerelease() ? bound : bound.development_start()) < 0;
}

// The local versions of the bound are newer than it, and so are its post-releases; ">" leaves both
// out unless it names one.
bool is_greater(const Version& version, const Version& bound) {
  if (bound.is_development() || bound.is_postrelease()) {
    return version.without_local().compare(bound) > 0;
  }
  return version.compare(bound) > 0 && !version.has_same_stem(bound);
}

}  // namespace

Checked<VersionSet> VersionSet::parse(std::string_view specifiers) {
  const auto parsed = parse_specifiers(specifiers);
  if (!parsed) return parsed.refusal();
  static constexpr std::array<std::pair<std::string_view, Operator>, 8> kOperators = {
      {{"==", Operator::kEqual},
       {"!=", Operator::kNotEqual},
       {"<=", Operator::kLessEqual},
       {">=", Operator::kGreaterEqual},
       {"<", Operator::kLess},
       {">", Operator::kGreater},
       {"~=", Operator::kCompatible},
       {"===", Operator::kIdentical}}};
  VersionSet out;
  for (const Specifier& specifier : *parsed) {
    const auto* found = std::find_if(kOperators.begin(), kOperators.end(),
                                     [&](const auto& row) { return row.first == specifier.op; });
    Operator op = found->second;
    std::string_view text = specifier.version;
    if (text.size() > kPrefixMark.size() && text.substr(text.size() - 2) == kPrefixMark) {
      text.remove_suffix(kPrefixMark.size());
      op = op == Operator::kEqual ? Operator::kPrefix : Operator::kNotPrefix;
    }
    const Version version = *Version::parse(text);
    out.parts_.push_back(
        {op, version, op == Operator::kCompatible ? without_last_number(version) : Version()});
  }
  return out;
}

bool VersionSet::contains(const Version& version) const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [&](const Part& part) { return contains(part, version); });
}

bool VersionSet::contains(const Part& part, const Version& version) {
  switch (part.op) {
    case Operator::kEqual:
      return is_equal(part.version, version);
    case Operator::kNotEqual:
      return !is_equal(part.version, version);
    case Operator::kPrefix:
      return version.begins_with(part.version);
    case Operator::kNotPrefix:
      return !version.begins_with(part.version);
    case Operator::kLessEqual:
      return version.without_local().compare(part.version) <= 0;
    case Operator::kGreaterEqual:
      return version.without_local().compare(part.version) >= 0;
    case Operator::kLess:
      return is_less(version, part.version);
    case Operator::kGreater:
      return is_greater(version, part.version);
    case Operator::kCompatible:
      return version.without_local().compare(part.version) >= 0 && version.begins_with(part.prefix);
    case Operator::kIdentical:
      return version.normalized() == part.version.normalized();
  }
  return false;
}

}  // namespace toolpost::pep
