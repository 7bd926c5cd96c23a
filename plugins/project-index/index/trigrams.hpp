// SPDX-License-Identifier: Apache-2.0
// The trigrams of a text: each three bytes in a row within one line, ASCII letters as small ones.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

constexpr std::uint32_t kTrigrams = 1u << 24;

// Keeps 2 MiB between two texts; one thread.
class TrigramExtractor {
 public:
  TrigramExtractor();

  // Each once, in the order of their appearance; valid until the next call.
  const std::vector<std::uint32_t>& extract(std::string_view text);

 private:
  std::vector<std::uint64_t> present_;
  std::vector<std::uint32_t> found_;
};

// The long s and the Kelvin sign are "s" and "k" to whoever ignores case, and the only such letters
// outside ASCII: a text that holds one is never ruled out by its trigrams.
bool has_letters_that_fold_to_ascii(std::string_view text) noexcept;

}  // namespace toolpost::project_index
