// SPDX-License-Identifier: Apache-2.0
#include "resources/suggested.hpp"

#include "projects/work.hpp"

namespace toolpost::project_index {

namespace {

constexpr std::size_t kMaxSuggested = 100;

bool fits(std::string_view path, std::string_view typed) {
  if (path.starts_with(typed)) return true;
  const std::size_t slash = path.rfind('/');
  return slash != std::string_view::npos && path.substr(slash + 1).starts_with(typed);
}

}  // namespace

sdk::Suggestions suggested_paths(Services& services, const sdk::Typed& typed) {
  const Work work(services, typed.call);
  const View view = work.view(typed.others.value_or("project", ""), Needs::kListing);
  const Snapshot& snapshot = view.snapshot();
  sdk::Suggestions out;
  for (std::uint32_t id = 0; id < snapshot.file_count(); ++id) {
    const std::string_view path = snapshot.path(id);
    if (!fits(path, typed.value)) continue;
    if (out.values().size() == kMaxSuggested) {
      out.has_more();
      break;
    }
    out.add(std::string(path));
  }
  return out;
}

}  // namespace toolpost::project_index
