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
      max_bytes_(query.max_bytes),
      max_read_(query.max_read) {}

bool MatchPage::put(std::size_t index, std::optional<ScannedText> scanned, std::uint64_t bytes) {
  const std::lock_guard guard(mutex_);
  files_[index] = File{std::move(scanned), bytes};
  for (; !is_at_end() && next_ < files_.size() && files_[next_]; ++next_)
    take(std::exchange(*files_[next_], File()));
  return !is_at_end();
}

void MatchPage::take(File file) {
  if (!file.scanned) return;
  if (file.bytes > max_read_ - read_) {
    result_.stopped_by = "they have more than " + std::to_string(max_read_) + " bytes";
    return;
  }
  read_ += file.bytes;
  ++result_.files_searched;
  result_.undecided_lines += file.scanned->undecided_lines;
  for (auto& match : file.scanned->matches) take(std::move(match));
}

void MatchPage::take(Match match) {
  if (result_.is_cut) return;
  last_ = match.file;
  if (seen_++ < skip_) return;
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

MatchPage::SoFar MatchPage::so_far() const {
  const std::lock_guard guard(mutex_);
  return {seen_, seen_ == 0 ? std::string_view() : snapshot_.path(last_)};
}

SearchResult MatchPage::result() && {
  return std::move(result_);
}

}  // namespace toolpost::project_index
