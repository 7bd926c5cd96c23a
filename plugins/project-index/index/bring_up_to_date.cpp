// SPDX-License-Identifier: Apache-2.0
#include "index/bring_up_to_date.hpp"

namespace toolpost::project_index {

Checked<BroughtUpToDate> bring_up_to_date(ProjectIndex& index, Looks looks, const StopToken& stop,
                                          const Progress& progress) {
  const auto looks_before = index.looks();
  BroughtUpToDate out;
  out.before = index.current();
  if (out.before == nullptr) {
    auto first = index.snapshot(stop, progress);
    if (!first.ok()) return first.refusal();
    out.before = *first;
  }
  if (looks == Looks::kWhereNothingTells) out.now = index.vouched_for(stop);
  if (out.now == nullptr) {
    auto refreshed = index.refresh(stop, progress);
    if (!refreshed.ok()) return refreshed.refusal();
    out.now = *refreshed;
  }
  out.looked_at_every_file = index.looks() != looks_before;
  return out;
}

}  // namespace toolpost::project_index
