// SPDX-License-Identifier: Apache-2.0
#include "files/list_files.hpp"

#include "files/tree_walk.hpp"
#include "files/walk_entry.hpp"
#include "files/work_together.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace toolpost::project_index {

namespace {

constexpr RuleFiles kTryAll{true, true, true};

// The directories on the way to a path, each of them listed; nothing when one is not.
std::optional<WalkDirectory> go_to(const WalkScope& scope, WalkDirectory directory,
                                   std::string_view relative) {
  if (!scope.read_rules(directory, kTryAll)) return std::nullopt;
  while (!relative.empty()) {
    const std::string_view name = relative.substr(0, relative.find('/'));
    if (!WalkScope::is_entry(name) || !scope.may_enter_below(directory) ||
        scope.place_of(directory, name, true) != Place::kListed) {
      return std::nullopt;
    }
    directory = scope.enter(directory, name);
    if (!directory.fd.valid() || !scope.read_rules(directory, kTryAll)) return std::nullopt;
    relative.remove_prefix(std::min(name.size() + 1, relative.size()));
  }
  return directory;
}

Checked<std::optional<WalkDirectory>> listed_directory(const RootDirectory& root,
                                                       const WalkScope& scope,
                                                       std::string_view relative) {
  auto top = scope.root_directory();
  if (!top) return within(root.path(), top.refusal());
  return go_to(scope, std::move(*top), relative);
}

Checked<FileList> walked(const RootDirectory& root, const WalkRules& rules, const StopToken& stop,
                         unsigned threads, TreeWalk::Files files) {
  auto scope = WalkScope::make(root, rules);
  if (!scope) return scope.refusal();
  auto top = scope->root_directory();
  if (!top) return within(root.path(), top.refusal());
  TreeWalk walk(*scope, rules, stop, files);
  const auto work = [&](unsigned number) {
    if (number == 0)
      walk.work(std::move(*top));
    else
      walk.work();
  };
  work_together(threads, work, [] {});
  if (walk.was_stopped()) return Refusal{"the walk over " + root.path() + " was stopped"};
  return walk.take();
}

}  // namespace

Checked<FileList> list_files(const RootDirectory& root, const WalkRules& rules,
                             const StopToken& stop, unsigned threads) {
  return walked(root, rules, stop, threads, TreeWalk::Files::kLookedAt);
}

Checked<FileList> list_names(const RootDirectory& root, const WalkRules& rules,
                             const StopToken& stop, unsigned threads) {
  return walked(root, rules, stop, threads, TreeWalk::Files::kNamed);
}

Checked<std::optional<ListedFile>> list_file(const RootDirectory& root, const WalkRules& rules,
                                             std::string_view relative) {
  if (relative.find('\0') != std::string_view::npos) return Refusal{"the path contains a NUL"};
  auto scope = WalkScope::make(root, rules);
  if (!scope) return scope.refusal();
  const std::size_t slash = relative.rfind('/');
  const std::string name(relative.substr(slash + 1));
  auto directory = listed_directory(
      root, *scope, relative.substr(0, slash == std::string_view::npos ? 0 : slash));
  if (!directory) return directory.refusal();
  std::optional<ListedFile> out;
  FileStamp stamp;
  if (*directory && WalkScope::is_entry(name) &&
      scope->place_of(**directory, name, false) == Place::kListed &&
      look_at((*directory)->fd.get(), name.c_str(), stamp) == Look::kRegular) {
    out = ListedFile{std::string(relative), stamp, stamp.size > rules.max_file_bytes};
  }
  return out;
}

Checked<bool> lists_directory(const RootDirectory& root, const WalkRules& rules,
                              std::string_view relative) {
  auto scope = WalkScope::make(root, rules);
  if (!scope) return scope.refusal();
  auto directory = listed_directory(root, *scope, relative);
  if (!directory) return directory.refusal();
  return directory->has_value();
}

}  // namespace toolpost::project_index
