// SPDX-License-Identifier: Apache-2.0
#include "resources/outdated_document.hpp"

#include "changes.hpp"
#include "operation.hpp"
#include "output.hpp"
#include "resources/documents.hpp"
#include "uv_command.hpp"

#include <utility>

namespace toolpost::uv_package {

Checked<sdk::Json> outdated_document(Services& services, const sdk::Call& call) {
  Operation operation(services, call);
  if (auto begun = operation.begin(); !begun) return begun.refusal();
  if (auto ready = operation.require_pyproject(); !ready) return ready.refusal();
  const Arguments arguments = lock_arguments(services.settings, Upgrade{true, {}});
  if (auto done = operation.resolve(arguments); !done) return done.refusal();
  const auto newest = operation.resolved_packages();
  if (!newest) return newest.refusal();
  // Without a lock file what is installed is what is used.
  const bool is_locked = !operation.locked().empty();
  const PackageSet& used = is_locked ? operation.locked() : operation.installed().packages;
  sdk::Json rows = sdk::Json::array();
  std::size_t count = 0;
  for (const Change& change : changes_between(used, *newest)) {
    if (!change.from || !change.to || ++count > kMaxListedPackages) continue;
    rows.push_back(sdk::Json::object({{"name", change.package},
                                      {"version", cleaned_line(*change.from)},
                                      {"latest_version", cleaned_line(*change.to)}}));
  }
  sdk::Json out = sdk::Json::object({{"project", operation.project().path},
                                     {"compared_with", is_locked ? "uv.lock" : "environment"},
                                     {"count", count}});
  if (count > kMaxListedPackages) out.set("left_out", count - kMaxListedPackages);
  out.set("outdated", std::move(rows));
  return out;
}

}  // namespace toolpost::uv_package
