// SPDX-License-Identifier: Apache-2.0
#include "index/trigram_query.hpp"

#include "files/small_letters.hpp"
#include "index/trigrams.hpp"

#include <re2/filtered_re2.h>

#include <algorithm>

namespace toolpost::project_index {
namespace {

// FilteredRE2 writes letters small, also those outside ASCII, which the index keeps as they are:
// only runs of ASCII can be looked up.
bool is_ascii(std::uint32_t trigram) {
  return (trigram & 0x808080) == 0;
}

bool is_of_one_line(std::uint32_t trigram) {
  return (trigram & 0xff) != '\n' && ((trigram >> 8) & 0xff) != '\n' && (trigram >> 16) != '\n';
}

std::vector<std::uint32_t> trigrams_of(std::string_view text, bool only_ascii) {
  std::vector<std::uint32_t> trigrams;
  std::uint32_t trigram = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(small_letter(text[at]));
    trigram = ((trigram << 8) | byte) & (kTrigrams - 1);
    if (at >= 2 && is_of_one_line(trigram) && (!only_ascii || is_ascii(trigram)))
      trigrams.push_back(trigram);
  }
  std::sort(trigrams.begin(), trigrams.end());
  trigrams.erase(std::unique(trigrams.begin(), trigrams.end()), trigrams.end());
  return trigrams;
}

}  // namespace

TrigramQuery::TrigramQuery() = default;
TrigramQuery::~TrigramQuery() = default;
TrigramQuery::TrigramQuery(TrigramQuery&&) noexcept = default;
TrigramQuery& TrigramQuery::operator=(TrigramQuery&&) noexcept = default;

TrigramQuery TrigramQuery::of_literal(std::string_view text, bool ignore_case) {
  TrigramQuery query;
  if (auto trigrams = trigrams_of(text, ignore_case); !trigrams.empty())
    query.atoms_.push_back(std::move(trigrams));
  return query;
}

TrigramQuery TrigramQuery::of_regex(std::string_view pattern, bool ignore_case) {
  constexpr int kShortestAtom = 3;
  TrigramQuery query;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!ignore_case);
  options.set_never_nl(true);
  auto combination = std::make_unique<re2::FilteredRE2>(kShortestAtom);
  int id = 0;
  if (combination->Add({pattern.data(), pattern.size()}, options, &id) != re2::RE2::NoError)
    return query;
  std::vector<std::string> strings;
  combination->Compile(&strings);
  for (int number = 0; number < static_cast<int>(strings.size()); ++number) {
    auto trigrams = trigrams_of(strings[static_cast<std::size_t>(number)], true);
    if (trigrams.empty()) {
      query.always_.push_back(number);
      continue;
    }
    query.atoms_.push_back(std::move(trigrams));
    query.re2_atoms_.push_back(number);
  }
  query.combination_ = std::move(combination);
  // Where a file without any of them fits, so does every file.
  if (!query.atoms_.empty() && query.fits({})) query = TrigramQuery();
  return query;
}

bool TrigramQuery::fits(const std::vector<int>& atoms) const {
  if (combination_ == nullptr) return atoms.size() == atoms_.size();
  auto present = always_;
  for (const int atom : atoms) present.push_back(re2_atoms_[static_cast<std::size_t>(atom)]);
  std::sort(present.begin(), present.end());
  std::vector<int> fitting;
  combination_->AllPotentials(present, &fitting);
  return !fitting.empty();
}

}  // namespace toolpost::project_index
