// SPDX-License-Identifier: Apache-2.0
// What a refresh does: as little as makes sure.
#pragma once

#include "index/project_index.hpp"

namespace toolpost::project_index {

// Nothing but what changed is read, but whether that has to be looked for differs.
enum class Looks : bool { kWhereNothingTells, kAtEveryFile };

struct BroughtUpToDate {
  ProjectIndex::SnapshotPointer before;  // the first one, where there was none
  ProjectIndex::SnapshotPointer now;
  bool looked_at_every_file = false;
};

Checked<BroughtUpToDate> bring_up_to_date(ProjectIndex& index, Looks looks, const StopToken& stop,
                                          const Progress& progress);

}  // namespace toolpost::project_index
