// SPDX-License-Identifier: Apache-2.0
// The versions that a list of PEP 440 specifiers stands for: ">=2.32,<3" and whether 2.33rc1 is in.
#pragma once

#include "pep/checked.hpp"
#include "pep/version.hpp"

#include <string_view>
#include <vector>

namespace toolpost::pep {

// Immutable. Pre-releases are members like any other version; what PEP 440 says of "<" and ">"
// holds for them all the same: 3.0rc1 is not in "<3.0".
class VersionSet {
 public:
  // An empty text stands for every version.
  static Checked<VersionSet> parse(std::string_view specifiers);

  bool contains(const Version& version) const;

 private:
  enum class Operator {
    kEqual,
    kPrefix,
    kNotEqual,
    kNotPrefix,
    kLessEqual,
    kGreaterEqual,
    kLess,
    kGreater,
    kCompatible,
    kIdentical
  };

  struct Part {
    Operator op;
    Version version;
    Version prefix;  // kCompatible: what the release must begin with
  };

  static bool contains(const Part& part, const Version& version);

  std::vector<Part> parts_;
};

}  // namespace toolpost::pep
