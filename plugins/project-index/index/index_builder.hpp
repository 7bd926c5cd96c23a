// SPDX-License-Identifier: Apache-2.0
// Makes the sections of an index from the files of a root.
#pragma once

#include "checked.hpp"
#include "files/file_list.hpp"
#include "files/root_directory.hpp"
#include "files/stop_token.hpp"
#include "index/index_file.hpp"
#include "index/progress.hpp"
#include "symbols/symbol_source.hpp"

#include <cstdint>

namespace toolpost::project_index {

struct BuildInput {
  const RootDirectory& root;
  const FileList& list;
  const IndexIdentity& identity;
  std::uint64_t generation = 1;
  std::uint64_t max_file_bytes = 0;
  SymbolSource* symbols = nullptr;  // borrowed; may be null
  unsigned threads = 2;
  // What it knows about files whose stamps have not changed is taken over; may be null. Made for
  // the same identity.
  const IndexFile* earlier = nullptr;
};

// Blocks; a Refusal when `stop` was stopped. Progress counts files.
Checked<Sections> build_index(const BuildInput& input, const StopToken& stop,
                              const Progress& progress);

}  // namespace toolpost::project_index
