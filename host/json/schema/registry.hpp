// SPDX-License-Identifier: Apache-2.0
// The documents that a schema may refer to besides itself, by the address that stands in $ref.
#pragma once

#include "json/value.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace toolpost::json {

// Borrows the trees it is given; they must live for as long as schemas are compiled with it.
// Concurrent find() is safe, add() is not.
class SchemaRegistry {
 public:
  // An absolute URI without fragment. A later document of the same address replaces the earlier.
  void add(std::string uri, const Value& schema) {
    documents_.insert_or_assign(std::move(uri), schema);
  }

  const Value* find(std::string_view uri) const {
    const auto found = documents_.find(uri);
    return found == documents_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Value, std::less<>> documents_;
};

}  // namespace toolpost::json
