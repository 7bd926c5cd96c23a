// SPDX-License-Identifier: Apache-2.0
#include "search/match_page.hpp"

#include <utility>

namespace toolpost::project_index {
namespace {

// A match is more than its texts wherever it is written down.
constexpr std::size_t kBytesAroundMatch = 64;

std::size_t bytes_of(const Match& match) {
  auto bytes = kBytesAroundMatch + match.text.size();
  for (const auto* lines : {&match.before, &match.after})
    for (const auto& line : *lines) bytes += line.size() + 1;
  return bytes;
}

}  // namespace

MatchPage::MatchPage(std::size_t file_count, const SearchQuery& query)
    : files_(file_count),
      skip_(query.skip),
      max_matches_(query.max_matches),
      max_bytes_(query.max_bytes) {}

bool MatchPage::put(std::size_t index, std::optional<ScannedText> scanned) {
  const std::lock_guard guard(mutex_);
  files_[index] = std::move(scanned);
  for (; !result_.is_cut && next_ < files_.size() && files_[next_]; ++next_) {
    auto file = std::exchange(*files_[next_], std::nullopt);
    if (!file) continue;
    ++result_.files_searched;
    result_.undecided_lines += file->undecided_lines;
    for (auto& match : file->matches) take(std::move(match));
  }
  return !result_.is_cut;
}

void MatchPage::take(Match match) {
  if (result_.is_cut || seen_++ < skip_) return;
  if (result_.matches.size() == max_matches_) {
    result_.is_cut = true;
    result_.cut_by = "max_matches";
    return;
  }
  // One match is always shown: a page that cannot grow would be asked for again and again.
  const auto bytes = bytes_of(match);
  if (!result_.matches.empty() && bytes_ + bytes > max_bytes_) {
    result_.is_cut = true;
    result_.cut_by = "max_bytes";
    return;
  }
  bytes_ += bytes;
  result_.matches.push_back(std::move(match));
}

SearchResult MatchPage::result() && {
  return std::move(result_);
}

}  // namespace toolpost::project_index
