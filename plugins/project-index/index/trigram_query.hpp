// SPDX-License-Identifier: Apache-2.0
// What a search demands of a file before the file is opened: strings of which it must hold certain
// combinations. Never too strict: a file that the query turns down holds no match.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class FilteredRE2;
}

namespace toolpost::project_index {

class TrigramQuery {
 public:
  // Every file fits.
  TrigramQuery();
  ~TrigramQuery();
  TrigramQuery(TrigramQuery&&) noexcept;
  TrigramQuery& operator=(TrigramQuery&&) noexcept;

  static TrigramQuery of_literal(std::string_view text, bool ignore_case);
  // `pattern` in RE2's syntax; one that RE2 refuses fits every file.
  static TrigramQuery of_regex(std::string_view pattern, bool ignore_case);

  bool fits_everything() const noexcept { return atoms_.empty(); }

  // Each atom's trigrams, sorted: a file holds the atom only if it holds all of them.
  const std::vector<std::vector<std::uint32_t>>& atoms() const noexcept { return atoms_; }

  // Whether a file that may hold exactly these atoms (indices, ascending) may hold a match.
  bool fits(const std::vector<int>& atoms) const;

 private:
  std::vector<std::vector<std::uint32_t>> atoms_;
  std::vector<int> re2_atoms_;                     // the number that RE2 knows each atom by
  std::vector<int> always_;                        // RE2's atoms that have no trigram of use
  std::unique_ptr<re2::FilteredRE2> combination_;  // absent: all atoms are needed
};

}  // namespace toolpost::project_index
