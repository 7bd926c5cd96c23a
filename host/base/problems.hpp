// SPDX-License-Identifier: Apache-2.0
// Collects everything that is wrong, so that an operator mends a file in one go.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost {

class Problems {
 public:
  // `where` is a place in a file, a variable or a flag. Control characters in `what` are escaped,
  // so that a problem stays one line whatever a key is called.
  void add(std::string_view where, std::string_view what);

  // The lines of an Error that is already complete.
  void add(const Error& error) { lines_.push_back(error.message()); }

  bool empty() const noexcept { return lines_.empty(); }

  // All of them, one a line.
  Error to_error() const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace toolpost
