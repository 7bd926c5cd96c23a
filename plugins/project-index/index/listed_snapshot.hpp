// SPDX-License-Identifier: Apache-2.0
// What a tree can be asked before its index is made.
#pragma once

#include "checked.hpp"
#include "files/file_list.hpp"
#include "index/snapshot.hpp"

#include <memory>

namespace toolpost::project_index {

// The files of a list, none of which was read: there are no symbols, no lines are counted, and each
// file is a candidate of any search. Of generation 0. `facts` are those of the project; what the
// list says comes in their place.
Checked<std::shared_ptr<const Snapshot>> listed_snapshot(const FileList& list, SnapshotFacts facts);

}  // namespace toolpost::project_index
