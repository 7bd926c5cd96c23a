// SPDX-License-Identifier: Apache-2.0
// Puts files into their places so that each is there as a whole or not at all: all are written
// beside their places first, and take them in the end.
#pragma once

#include "backup/manifest.hpp"
#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::backup {

// Before commit() nothing but hidden files beside the places has changed, and those go with this
// object. Ended by a kill, they are taken over by the next one.
class Placing {
 public:
  // Owners are given where this process is root.
  Placing() = default;
  ~Placing();
  Placing(const Placing&) = delete;
  Placing& operator=(const Placing&) = delete;

  // Directories that are missing are made, closed to all others; they stay.
  Result<> stage(const FilePlace& place, std::string_view content);

  // In the order of stage(). An error says which files have taken their places before.
  Result<> commit();

 private:
  struct Staged {
    std::string draft;
    std::string path;
  };

  std::vector<Staged> staged_;
};

// What stands at a place now.
enum class Found { kNothing, kSame, kOther, kLonger };

// kLonger: the file begins with `content` and goes on. An error for a link, or what is no file.
Result<Found> look_at(const std::string& path, std::string_view content);

}  // namespace toolpost::backup
