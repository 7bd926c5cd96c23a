// SPDX-License-Identifier: Apache-2.0
#include "files/walk_scope.hpp"

#include "files/git_config.hpp"
#include "files/git_repository.hpp"
#include "files/open_confined.hpp"
#include "files/outside_file.hpp"
#include "files/stat_stamp.hpp"

#include <fcntl.h>
#include <optional>

namespace toolpost::project_index {

namespace {

using Level = std::shared_ptr<const IgnoreLevel>;

Level with(Level above, IgnoreFile file) {
  if (file.empty()) return above;
  return std::make_shared<const IgnoreLevel>(std::move(above), std::move(file));
}

// Like git, which does not follow a symbolic link here either.
std::optional<std::string> read_rule_file(const WalkDirectory& directory, const char* name) {
  FileDescriptor file = open_confined(directory.fd.get(), name, O_RDONLY | O_NONBLOCK | O_NOCTTY);

  struct stat status {};

  if (!file.valid() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  auto text = OpenFile(std::move(file), stamp_of(status), name).read_all(kMaxRuleFile);
  if (!text) return std::nullopt;
  return std::move(*text);
}

Level with_rule_file(Level above, const WalkDirectory& directory, const char* name) {
  const auto text = read_rule_file(directory, name);
  if (!text) return above;
  return with(std::move(above),
              IgnoreFile::parse(*text, directory.path, {}, directory.ignores_case));
}

// Of a directory above the root, which is `above` below it.
Level with_outside_file(Level level, const std::string& path, LastLink last_link,
                        const std::string& base, const std::string& above, bool ignores_case) {
  const auto text = read_outside_file(path, last_link);
  if (!text) return level;
  return with(std::move(level), IgnoreFile::parse(*text, base, above, ignores_case));
}

bool says_ignored(const Level& level, const Candidate& candidate) {
  return level != nullptr && level->verdict(candidate) == Verdict::kIgnored;
}

}  // namespace

std::string WalkDirectory::path_of(std::string_view name) const {
  std::string out;
  out.reserve(path.size() + 1 + name.size());
  if (!path.empty()) out.append(path).append("/");
  out.append(name);
  return out;
}

WalkScope::WalkScope(const RootDirectory& root, const WalkRules& rules, SecretFiles secrets)
    : root_(&root), rules_(rules), secrets_(std::move(secrets)) {}

Checked<WalkScope> WalkScope::make(const RootDirectory& root, const WalkRules& rules) {
  auto secrets = SecretFiles::make(rules.allow_secret);
  if (!secrets) return secrets.refusal();
  WalkScope out(root, rules, std::move(*secrets));
  if (rules.use_git_excludes) out.find_repository();
  return out;
}

WalkScope::RepositoryRules WalkScope::repository_rules(const GitRepository* repository,
                                                       const std::string& base,
                                                       const std::string& above) const {
  // Someone else's repository does not choose which files this process reads.
  const bool is_own = repository != nullptr && repository->is_own;
  const auto excludes =
      git_excludes(GitHome::of_this_process(), is_own ? repository->git_directory : "",
                   is_own ? repository->common_directory : "", is_own ? repository->work_tree : "");
  RepositoryRules out{nullptr, excludes.ignores_case};
  const auto add = [&](const std::string& path, LastLink last_link) {
    out.level =
        with_outside_file(std::move(out.level), path, last_link, base, above, out.ignores_case);
  };
  if (!excludes.file.empty()) add(excludes.file, LastLink::kFollowed);
  if (repository == nullptr) return out;
  const bool is_inside = repository->common_directory == repository->work_tree + "/.git";
  if (is_own || is_inside)
    add(repository->common_directory + "/info/exclude",
        is_own ? LastLink::kFollowed : LastLink::kRefused);
  return out;
}

// The rules above the root, from the top of the working tree downwards. Where they ignore the root
// itself or a directory on the way, the root is looked at as if it were outside of the repository:
// whoever chose it wants to see it.
void WalkScope::find_repository() {
  const auto repository = repository_of(*root_);
  outer_rules_ = repository_rules(nullptr, "", "");
  if (!repository) return;
  const std::string& top = repository->work_tree;
  std::string above =
      root_->path().substr(std::min(top == "/" ? 1 : top.size() + 1, root_->path().size()));
  auto rules = repository_rules(&*repository, "", above);
  Level way = repository_rules(&*repository, "", "").level;
  std::string directory = top == "/" ? "" : top;
  std::string done;  // the part of the way that has been gone
  while (!above.empty()) {
    const std::string file = directory + "/.gitignore";
    rules.level =
        with_outside_file(rules.level, file, LastLink::kRefused, "", above, rules.ignores_case);
    way = with_outside_file(way, file, LastLink::kRefused, done, "", rules.ignores_case);
    const std::string name = above.substr(0, above.find('/'));
    done += (done.empty() ? "" : "/") + name;
    if (says_ignored(way, {done, name, true})) return;
    directory += "/" + name;
    above.erase(0, name.size() + 1);
  }
  outer_rules_ = std::move(rules);
  is_in_repository_ = true;
}

Checked<WalkDirectory> WalkScope::root_directory() const {
  auto directory = root_->open_directory("", O_RDONLY);
  if (!directory) return directory.refusal();
  WalkDirectory out;
  out.fd = std::move(*directory);
  out.is_in_repository = is_in_repository_;
  out.git_rules = outer_rules_.level;
  out.ignores_case = outer_rules_.ignores_case;
  return out;
}

WalkDirectory WalkScope::enter(const WalkDirectory& parent, std::string_view name) const {
  WalkDirectory out;
  out.fd = open_confined(parent.fd.get(), std::string(name).c_str(), O_RDONLY | O_DIRECTORY);
  if (!out.fd.valid()) return out;
  out.path = parent.path_of(name);
  out.depth = parent.depth + 1;
  out.is_in_repository = parent.is_in_repository;
  out.ignores_case = parent.ignores_case;
  out.toolpost_rules = parent.toolpost_rules;
  out.git_rules = parent.git_rules;
  return out;
}

bool WalkScope::read_rules(WalkDirectory& directory, const RuleFiles& seen) const {
  if (rules_.use_git_excludes) {
    if (seen.repository && directory.depth > 0) {
      if (const auto inner = repository_at(root_->path() + "/" + directory.path)) {
        if (directory.is_in_repository) return false;
        directory.is_in_repository = true;
        auto rules = repository_rules(&*inner, directory.path, "");
        directory.git_rules = std::move(rules.level);
        directory.ignores_case = rules.ignores_case;
      }
    }
    if (seen.git_rules) {
      directory.git_rules = with_rule_file(directory.git_rules, directory, ".gitignore");
    }
  }
  if (seen.toolpost_rules) {
    directory.toolpost_rules =
        with_rule_file(directory.toolpost_rules, directory, ".toolpostignore");
  }
  return true;
}

bool WalkScope::is_entry(std::string_view name) {
  return name.empty() || name.front() != '.' || (name != "." && name != ".." && name != ".git");
}

Place WalkScope::place_of(const WalkDirectory& directory, std::string_view name,
                          bool is_directory) const {
  const bool has_rules = directory.git_rules != nullptr || directory.toolpost_rules != nullptr;
  const bool may_be_secret = SecretFiles::denies_name(name, is_directory);
  if (!has_rules && !may_be_secret) return Place::kListed;
  const std::string path = directory.path_of(name);
  if (may_be_secret && secrets_.denies_last(path, name, is_directory)) return Place::kSecret;
  const Candidate candidate{path, name, is_directory};
  for (const auto* rules : {&directory.toolpost_rules, &directory.git_rules}) {
    if (*rules == nullptr) continue;
    const Verdict verdict = (*rules)->verdict(candidate);
    if (verdict != Verdict::kNone) {
      return verdict == Verdict::kIgnored ? Place::kIgnored : Place::kListed;
    }
  }
  return Place::kListed;
}

}  // namespace toolpost::project_index
