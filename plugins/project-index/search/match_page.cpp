// SPDX-License-Identifier: Apache-2.0
#include "search/match_page.hpp"

#include <utility>

namespace toolpost::project_index {
namespace {

// What stands around a match in the document, and around each line in the text.
constexpr std::size_t kBytesAroundMatch = 96;
constexpr std::size_t kBytesAroundLine = 16;

// A line is written down twice: in the document, and in the text behind the path of its file.
std::size_t bytes_of(const Match& match, std::size_t path) {
  auto bytes = kBytesAroundMatch + path;
  const auto add = [&](const std::string& line) {
    bytes += 2 * line.size() + path + kBytesAroundLine;
  };
  add(match.text);
  for (const auto* lines : {&match.before, &match.after})
    for (const auto& line : *lines) add(line);
  return bytes;
}

}  // namespace

MatchPage::MatchPage(const Snapshot& snapshot, std::size_t file_count, const SearchQuery& query)
    : snapshot_(snapshot),
      files_(file_count),
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
  const auto bytes = bytes_of(match, snapshot_.path(match.file).size());
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
