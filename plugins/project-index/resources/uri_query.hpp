// SPDX-License-Identifier: Apache-2.0
// URIs with a query, as templates make them: "codebase://file?path=src%2Fa.c&project=app".
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace toolpost::project_index {

struct UriQuery {
  std::string base;                           // up to the "?"
  std::map<std::string, std::string> values;  // decoded; of a name that comes twice, the first

  std::string value(const std::string& name) const;
};

UriQuery parse_uri(std::string_view uri);

// In the order given; empty values are left out.
std::string make_uri(std::string_view base,
                     const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace toolpost::project_index
