// SPDX-License-Identifier: Apache-2.0
#include "search/search.hpp"

#include "files/secret_files.hpp"
#include "files/work_together.hpp"
#include "index/whole_text.hpp"
#include "search/glob.hpp"
#include "search/line_pattern.hpp"
#include "search/match_page.hpp"
#include "search/text_scan.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>

namespace toolpost::project_index {
namespace {

constexpr unsigned kMaxContextLines = 20;
constexpr std::uint32_t kMaxMatches = 10'000;
constexpr std::chrono::milliseconds kBetweenProgress{100};
// Fewer are read before a second thread has started.
constexpr std::size_t kFilesWorthAThread = 16;
// To look through as much for secrets takes so long that it shows among a few hundred files.
constexpr std::size_t kTellingBytes = std::size_t{64} << 10;

Checked<Passed> check_limits(const SearchQuery& query) {
  if (query.context_lines > kMaxContextLines)
    return Refusal{"context_lines: at most 20 are allowed"};
  if (query.max_matches == 0 || query.max_matches > kMaxMatches)
    return Refusal{"max_matches: 1 to 10000 are allowed"};
  if (query.skip > kMaxMatchesSkipped) return Refusal{"skip: at most 100000 are allowed"};
  return Passed{};
}

// One search under way: the threads that read share it.
class Scan {
 public:
  Scan(const Snapshot& snapshot, const RootDirectory& root, const SearchQuery& query,
       const LinePattern& pattern, const StopToken& stop, std::vector<std::uint32_t> files)
      : snapshot_(snapshot),
        root_(root),
        query_(query),
        pattern_(pattern),
        stop_(stop),
        files_(std::move(files)),
        page_(snapshot, files_.size(), query) {}

  SearchResult run(const Progress& progress) && {
    const unsigned threads = files_.size() >= kFilesWorthAThread ? query_.threads : 1;
    work_together(
        threads, [&](unsigned number) { work(number == 0 ? progress : Progress()); },
        [this] { is_full_ = true; });
    auto result = std::move(page_).result();
    result.files_considered = files_.size();
    return result;
  }

 private:
  void work(const Progress& progress) {
    std::string buffer;
    auto told = std::chrono::steady_clock::now();
    for (;;) {
      const auto index = next_.fetch_add(1);
      if (index >= files_.size() || is_full_ || stop_.is_stopped()) return;
      read(index, buffer);
      if (!progress) continue;
      const auto now = std::chrono::steady_clock::now();
      if (now - told < kBetweenProgress) continue;
      told = now;
      progress(index + 1, files_.size(), progress_text());
    }
  }

  std::string progress_text() const {
    const auto [matches, path] = page_.so_far();
    if (matches == 0) return "searching";
    return "searching: " + std::to_string(matches) + (matches == 1 ? " match" : " matches") +
           " so far, the last in " + std::string(path);
  }

  void read(std::size_t index, std::string& buffer) {
    const auto id = files_[index];
    std::optional<ScannedText> scanned;
    std::uint64_t bytes = 0;
    // A file that went, or grew too large, since it was listed has no lines to show.
    if (const auto file = root_.open_file(snapshot_.path(id)); file.ok()) {
      const auto text = read_whole(*file, snapshot_.facts().max_file_bytes, buffer);
      if (text.ok()) {
        bytes = text->size();
        scanned = scanned_text(id, file->stamp(), *text);
        for (auto& match : scanned->matches) match.file = id;
      }
    }
    if (!page_.put(index, std::move(scanned), bytes)) is_full_ = true;
  }

  // In a binary one nothing is found.
  ScannedText scanned_text(std::uint32_t id, const FileStamp& stamp, std::string_view text) const {
    if (snapshot_.is_clean(id, stamp)) return scan(text);
    const bool looks = looks_for_secrets(id, stamp, text.size());
    const bool may_match = looks || pattern_.may_match_without_secrets(text);
    if (!may_match || text.find('\0') != std::string_view::npos) return {};
    const bool is_spared = !looks && query_.context_lines == 0 && !pattern_.may_meet_secrets(text);
    return is_spared ? scan(text) : scan_without_secrets(text);
  }

  // Also where the text as it is shows that nothing will be found: see SearchQuery.
  bool looks_for_secrets(std::uint32_t id, const FileStamp& stamp, std::size_t size) const {
    return files_.size() <= query_.always_redacted || size >= kTellingBytes ||
           snapshot_.is_known(id, stamp);
  }

  ScannedText scan(std::string_view text) const {
    return scan_text(text, pattern_, query_.context_lines, page_.wanted(), stop_);
  }

  // What is hidden when the file is shown is not searched: who finds a piece of it can guess the
  // next.
  ScannedText scan_without_secrets(std::string_view text) const {
    std::string shown(text);
    remove_secrets(shown);
    return scan(shown);
  }

  const Snapshot& snapshot_;
  const RootDirectory& root_;
  const SearchQuery& query_;
  const LinePattern& pattern_;
  const StopToken& stop_;
  const std::vector<std::uint32_t> files_;
  MatchPage page_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> is_full_ = false;
};

}  // namespace

Checked<SearchResult> search(const Snapshot& snapshot, const RootDirectory& root,
                             const SearchQuery& query, const StopToken& stop,
                             const Progress& progress) {
  if (auto limits = check_limits(query); !limits.ok()) return limits.refusal();
  auto pattern = LinePattern::compile(query);
  if (!pattern.ok()) return pattern.refusal();
  auto globs = GlobFilter::compile(query.include, query.exclude);
  if (!globs.ok()) return globs.refusal();
  auto files = snapshot.candidates(pattern->trigrams());
  std::erase_if(files, [&](std::uint32_t id) { return !globs->fits(snapshot.path(id)); });
  auto result = Scan(snapshot, root, query, *pattern, stop, std::move(files)).run(progress);
  if (stop.is_stopped()) return Refusal{"the search was cancelled"};
  return result;
}

}  // namespace toolpost::project_index
