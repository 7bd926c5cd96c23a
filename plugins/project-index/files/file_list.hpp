// SPDX-License-Identifier: Apache-2.0
// What the walk over a root is told, and what it brings back.
#pragma once

#include "files/file_stamp.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace toolpost::project_index {

// Budgets, and what is left out. A budget that runs out ends the walk; what was found is kept.
struct WalkRules {
  std::uint32_t max_files = 200'000;
  std::uint64_t max_bytes = 2ULL << 30U;  // of the files that are not huge
  unsigned max_depth = 64;                // a file in the root has depth 1; deeper ones are counted
  std::uint64_t max_file_bytes = 2ULL << 20U;  // a larger one is huge: listed, but not for reading
  std::chrono::milliseconds max_time = std::chrono::seconds(60);
  std::vector<std::string> allow_secret;  // globs like those of .gitignore: shown although secret
  bool use_git_excludes = true;           // .gitignore, .git/info/exclude and core.excludesFile
};

struct ListedFile {
  std::string path;  // below the root, "a/b.c"; bytes of the file system, not always UTF-8
  FileStamp stamp;
  bool is_huge = false;
};

struct WalkCounts {
  std::uint64_t files = 0;        // listed
  std::uint64_t directories = 0;  // gone through, the root among them
  std::uint64_t bytes = 0;        // of the listed files that are not huge
  std::uint64_t ignored = 0;      // files and whole directories that a rule ignores
  std::uint64_t secret = 0;       // files and whole directories that hold secrets by their name
  std::uint64_t special = 0;      // symbolic links, FIFOs, devices, sockets, mount points
  std::uint64_t unreadable = 0;   // directories that can't be opened, files that can't be looked at
  std::uint64_t huge = 0;         // listed files that are huge
  std::uint64_t too_deep = 0;     // directories below the depth that is allowed
  std::uint64_t repositories =
      0;  // repositories inside the root's repository, which git leaves out
};

struct FileList {
  std::vector<ListedFile> files;  // sorted by the bytes of the path
  // What was read, "" for the root, sorted; also the tops of repositories that are left out, which
  // are listed as soon as they are none.
  std::vector<std::string> directories;
  WalkCounts counts;
  std::string stopped_by;  // empty: this is everything; else which budget ran out, in words
};

}  // namespace toolpost::project_index
