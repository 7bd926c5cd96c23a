// SPDX-License-Identifier: Apache-2.0
// The records of several ledgers in the order of their time, as they stand.
#pragma once

#include "audit/directory.hpp"
#include "audit/line.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::audit {

struct Filter {
  std::optional<std::int64_t> from{};  // seconds since 1970; not before
  std::optional<std::int64_t> to{};    // before
  std::string user{};                  // empty: all
  std::string item{};
  std::string type{};

  bool passes(const Line& line, std::string_view text) const;
};

// A chain whose record does not follow from the one before; the rest of it was left out.
struct Break {
  std::string directory;
  std::string chain;
  std::uint64_t seq = 0;
};

// Hands each record that passes to `take`, which may end it all by saying no. Of records of the
// same time those of a chain keep their order. Only what hashes prove is checked here, see
// verify().
Result<std::vector<Break>> export_records(const std::vector<const Directory*>& directories,
                                          const Filter& filter,
                                          const std::function<bool(std::string_view)>& take);

}  // namespace toolpost::audit
