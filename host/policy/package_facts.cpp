// SPDX-License-Identifier: Apache-2.0
#include "policy/package_facts.hpp"

#include "pep/index_url.hpp"
#include "pep/package_name.hpp"

namespace toolpost::policy {

std::string PackageFacts::text() const {
  return version ? name + " " + version->normalized() : name;
}

Result<PackageFacts> package_facts(const WrittenPackage& written) {
  if (!pep::is_package_name(written.name)) return invalid("the name is not a package name");
  PackageFacts facts{.name = pep::normalized_name(written.name),
                     .version = {},
                     .source = pep::comparable_index(written.source),
                     .extras = {}};
  if (!written.version.empty()) {
    facts.version = pep::Version::parse(written.version);
    if (!facts.version) return invalid("the version of " + facts.name + " is not one of PEP 440");
  }
  for (const std::string_view extra : written.extras) {
    if (!pep::is_package_name(extra)) return invalid("an extra of " + facts.name + " is no name");
    facts.extras.push_back(pep::normalized_name(extra));
  }
  return facts;
}

}  // namespace toolpost::policy
