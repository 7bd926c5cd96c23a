// SPDX-License-Identifier: Apache-2.0
// What the index knows of a project as a whole: counts, files, the tree of directories.
#pragma once

#include "documents/paging.hpp"

namespace toolpost::project_index {

// Counts, languages, and what was left out.
sdk::Json index_summary(const View& view);

// The summary, and the files of one page.
sdk::Json index_document(const View& view, Page page);

// Directories by path, as deep as a page allows, each with what is in it and below it.
sdk::Json structure_document(const View& view, Page page);

// Origin's counts, with what else is worth knowing before one reads: languages, projects, the
// largest files.
sdk::Json analysis_document(const View& view);

// {"ignored": 3, ...}, zeros left out.
sdk::Json left_out(const WalkCounts& counts);

}  // namespace toolpost::project_index
