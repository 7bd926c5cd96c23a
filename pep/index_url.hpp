// SPDX-License-Identifier: Apache-2.0
// Addresses of package indexes: what may stand in a configuration, and which two are the same.
#pragma once

#include "pep/checked.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::pep {

struct UrlParts {
  std::string scheme;  // lower case
  std::string host;    // lower case, with its port
  bool has_credentials = false;
};

// An absolute http or https URL of printable ASCII.
Checked<UrlParts> parse_http_url(std::string_view url);

// The same index with and without a slash at the end, and with any case of scheme and host.
std::string comparable_index(std::string_view url);

}  // namespace toolpost::pep
