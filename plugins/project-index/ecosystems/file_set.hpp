// SPDX-License-Identifier: Apache-2.0
// The files that ecosystems are recognised in: an index, or a map in a test.
#pragma once

#include "checked.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace toolpost::project_index {

struct FileSet {
  virtual ~FileSet() = default;

  virtual std::size_t file_count() const = 0;
  // Relative, sorted by their bytes. Valid as long as the set.
  virtual std::string_view path(std::size_t index) const = 0;
  // The whole file, or why not: unreadable, secret, or larger than `limit` bytes.
  virtual Checked<std::string> read(std::string_view path, std::size_t limit) const = 0;
};

}  // namespace toolpost::project_index
