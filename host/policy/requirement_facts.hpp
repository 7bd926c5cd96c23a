// SPDX-License-Identifier: Apache-2.0
// A requirement as people write it, seen as a package that policy can judge before anything is
// resolved.
#pragma once

#include "policy/package_facts.hpp"

#include <string>

namespace toolpost::policy {

// `text` is a requirement of PEP 508. Only one that pins a version has one; the others are judged
// by what is known of them. `source` is the index they come from, empty when it is not known.
Result<PackageFacts> facts_of_requirement(const std::string& text, const std::string& source);

}  // namespace toolpost::policy
