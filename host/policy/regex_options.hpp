// SPDX-License-Identifier: Apache-2.0
// How the patterns of the package rules are compiled, one by one and all together.
#pragma once

#include <re2/re2.h>

#include <cstdint>

namespace toolpost::policy {

inline constexpr std::int64_t kRegexMemory = std::int64_t{1} << 20;

inline RE2::Options regex_options(std::int64_t memory = kRegexMemory) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(false);
  options.set_never_capture(true);
  options.set_max_mem(memory);
  return options;
}

}  // namespace toolpost::policy
