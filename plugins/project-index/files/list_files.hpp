// SPDX-License-Identifier: Apache-2.0
// The files of a project: every regular file below the root that git would list as its own or as
// untracked, less what .toolpostignore ignores and what holds secrets by its name.
#pragma once

#include "checked.hpp"
#include "files/file_list.hpp"
#include "files/root_directory.hpp"
#include "files/stop_token.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace toolpost::project_index {

// Walks the tree on `threads` threads, the caller's among them. Refused when the root can't be read
// and when the token says stop; anything else that can't be read is counted.
//
// As in git, symbolic links are not followed, a repository inside the root's own is not gone into,
// and nothing below an ignored directory can be taken back. Other than git, which knows its index,
// it leaves out a file that is ignored although it was added by force. A root outside of any
// repository is walked with its .gitignore files all the same, and the repositories in it are gone
// into, each with its own rules only.
Checked<FileList> list_files(const RootDirectory& root, const WalkRules& rules,
                             const StopToken& stop, unsigned threads = 2);

// The same without a look at the files themselves, for who opens them anyway: no stamps and sizes,
// no huge ones, and the budget for bytes plays no part.
Checked<FileList> list_names(const RootDirectory& root, const WalkRules& rules,
                             const StopToken& stop, unsigned threads = 2);

// The file as list_files() would list it now; nothing when it would not. For single paths that have
// changed; for hundreds of them a walk is cheaper. Budgets for the whole tree play no part.
Checked<std::optional<ListedFile>> list_file(const RootDirectory& root, const WalkRules& rules,
                                             std::string_view relative);

// True when list_files() would go through this directory ("" is the root).
Checked<bool> lists_directory(const RootDirectory& root, const WalkRules& rules,
                              std::string_view relative);

}  // namespace toolpost::project_index
