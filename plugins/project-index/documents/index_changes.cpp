// SPDX-License-Identifier: Apache-2.0
#include "documents/index_changes.hpp"

namespace toolpost::project_index {

namespace {

constexpr std::uint64_t kMaxPathsTold = 100;

struct Paths {
  std::uint64_t count = 0;
  sdk::Json first = sdk::Json::array();

  void add(std::string_view path) {
    if (count++ < kMaxPathsTold) first.push_back(path);
  }

  sdk::Json json() && { return sdk::Json::object({{"count", count}, {"paths", std::move(first)}}); }
};

}  // namespace

sdk::Json changes_between(const Snapshot& before, const Snapshot& after) {
  Paths added;
  Paths changed;
  Paths removed;
  std::uint32_t old_id = 0;
  std::uint32_t new_id = 0;
  while (old_id < before.file_count() || new_id < after.file_count()) {
    const bool has_old = old_id < before.file_count();
    const bool has_new = new_id < after.file_count();
    const int order = !has_old   ? 1
                      : !has_new ? -1
                                 : before.path(old_id).compare(after.path(new_id));
    if (order < 0) {
      removed.add(before.path(old_id++));
    } else if (order > 0) {
      added.add(after.path(new_id++));
    } else {
      if (before.file(old_id++).stamp != after.file(new_id).stamp) changed.add(after.path(new_id));
      ++new_id;
    }
  }
  return sdk::Json::object({{"added", std::move(added).json()},
                            {"changed", std::move(changed).json()},
                            {"removed", std::move(removed).json()}});
}

}  // namespace toolpost::project_index
