// SPDX-License-Identifier: Apache-2.0
// Search of the files' text, line by line. The index only spares files that cannot match: what is
// found is what reading every file would find, as the files are now and as they are shown: with a
// notice in the place of secrets.
#pragma once

#include "checked.hpp"
#include "files/root_directory.hpp"
#include "files/stop_token.hpp"
#include "index/progress.hpp"
#include "index/snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace toolpost::project_index {

// Of one search: those that are passed over are found all the same.
inline constexpr std::uint32_t kMaxMatchesSkipped = 100'000;

struct SearchQuery {
  std::string pattern;  // up to 4 KiB, no line break in a literal one
  bool is_regex = false;
  bool ignore_case = false;
  bool whole_word = false;  // no letter, digit or underscore (ASCII) on either side
  // Globs as in .gitignore: "*.py" is any directory's, "src/*.c" begins at the root, "docs/" is all
  // below it; "**", "?", "[a-z]", "{a,b}". A file fits if one of `include` fits (or there is none)
  // and none of `exclude`.
  std::vector<std::string> include = {};
  std::vector<std::string> exclude = {};
  unsigned context_lines = 0;  // at most 20
  std::uint32_t max_matches = 200;
  std::uint32_t skip = 0;  // matches that an earlier page has shown
  std::size_t max_bytes = std::size_t{256} << 10;
  std::uint64_t max_read = UINT64_MAX;  // bytes of the files that are searched
  // A file that is not known to be without secrets is looked through for them before it is searched
  // where there are so many files at most to be searched; where there are more, a small one only if
  // the text as it is gives cause to. With few files the time that this saves would tell who asks
  // whether a guess at what is hidden in one of them is right.
  std::size_t always_redacted = 256;
  unsigned threads = 2;
};

// A line that matches, at its first match. Lines and columns count from 1, columns in bytes. Text
// is valid UTF-8 (what is not becomes U+FFFD) and has no line end; a long line is cut around its
// match and shows "…" where.
struct Match {
  std::uint32_t file = 0;
  std::uint32_t line = 0, column = 0;
  std::string text;
  std::vector<std::string> before, after;
};

struct SearchResult {
  std::vector<Match> matches;          // by path, then line
  bool is_cut = false;                 // more follow after skip + matches.size()
  std::string cut_by;                  // "max_matches" or "max_bytes"
  std::uint64_t files_searched = 0;    // read, up to the end of this page
  std::uint64_t files_considered = 0;  // not ruled out by the index or a glob
  std::uint64_t undecided_lines = 0;   // up to the end of this page: see text_scan.hpp
  std::string stopped_by;              // in words, where max_read ended it; empty: nothing did
};

// A bad pattern is a Refusal with RE2's words and the part that is wrong.
Checked<SearchResult> search(const Snapshot& snapshot, const RootDirectory& root,
                             const SearchQuery& query, const StopToken& stop,
                             const Progress& progress);

}  // namespace toolpost::project_index
