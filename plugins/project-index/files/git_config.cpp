// SPDX-License-Identifier: Apache-2.0
#include "files/git_config.hpp"

#include "files/outside_file.hpp"
#include "files/small_letters.hpp"
#include "files/wildmatch.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace toolpost::project_index {

namespace {

constexpr int kMaxIncludes = 10;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

// What git takes for a truth value; nothing: it is none.
std::optional<bool> truth(const std::optional<std::string>& value) {
  if (!value) return true;
  const std::string text = small_letters(*value);
  if (text == "true" || text == "yes" || text == "on") return true;
  if (text.empty() || text == "false" || text == "no" || text == "off") return false;
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number != 0;
}

class ExcludesSearch {
 public:
  ExcludesSearch(const GitHome& home, const std::string& git_directory)
      : home_(home), git_directory_(git_directory) {}

  void read(const std::string& path, int depth = 0) {
    if (path.empty() || depth > kMaxIncludes) return;
    const auto text = read_outside_file(path, LastLink::kFollowed);
    if (!text) return;
    for (const GitSetting& setting : parse_git_config(*text)) {
      const bool is_plain = setting.subsection.empty();
      if (setting.section == "core" && is_plain && setting.key == "ignorecase") {
        ignores_case_ = truth(setting.value).value_or(ignores_case_);
      } else if (!setting.value) {
        continue;
      } else if (setting.section == "core" && is_plain && setting.key == "excludesfile") {
        file_ = expand(*setting.value);
      } else if (setting.key == "path" &&
                 ((setting.section == "include" && is_plain) ||
                  (setting.section == "includeif" && holds(setting.subsection, path)))) {
        const std::string other = expand(*setting.value);
        if (other.empty()) continue;
        read(other.front() == '/' ? other : directory_of(path) + "/" + other, depth + 1);
      }
    }
  }

  const std::optional<std::string>& file() const { return file_; }

  bool ignores_case() const { return ignores_case_; }

 private:
  std::string expand(const std::string& path) const {
    if (path == "~") return home_.home;
    if (path.substr(0, 2) == "~/") return home_.home + path.substr(1);
    return path;
  }

  bool holds(const std::string& condition, const std::string& file) const {
    const bool is_folded = condition.rfind("gitdir/i:", 0) == 0;
    if (git_directory_.empty() || (!is_folded && condition.rfind("gitdir:", 0) != 0)) return false;
    std::string glob = expand(condition.substr(condition.find(':') + 1));
    if (glob.substr(0, 2) == "./") glob = directory_of(file) + glob.substr(1);
    if (glob.empty()) return false;
    if (glob.front() != '/') glob.insert(0, "**/");
    if (glob.back() == '/') glob += "**";
    std::string place = git_directory_;
    if (is_folded) {
      glob = small_letters(glob);
      place = small_letters(place);
    }
    return Wildmatch(glob, Wildmatch::Slashes::kSpecial).matches(place);
  }

  const GitHome& home_;
  const std::string& git_directory_;
  std::optional<std::string> file_;
  bool ignores_case_ = false;
};

// Absolute, or empty where there is none.
std::string file_of(const std::optional<std::string>& named, const GitHome& home,
                    const std::string& work_tree) {
  if (!named) return home.config_home.empty() ? std::string() : home.config_home + "/git/ignore";
  if (named->empty() || named->front() == '/') return *named;
  return work_tree.empty() ? std::string() : work_tree + "/" + *named;
}

}  // namespace

GitHome GitHome::of_this_process() {
  GitHome out;
  out.home = environment("HOME");
  out.config_home = environment("XDG_CONFIG_HOME");
  if (out.config_home.empty() && !out.home.empty()) out.config_home = out.home + "/.config";
  const std::string without = environment("GIT_CONFIG_NOSYSTEM");
  if (without.empty() || without == "0" || without == "false") {
    out.system_file = environment("GIT_CONFIG_SYSTEM");
    if (out.system_file.empty()) out.system_file = "/etc/gitconfig";
  }
  if (const char* global = std::getenv("GIT_CONFIG_GLOBAL")) out.global_file = global;
  return out;
}

GitExcludes git_excludes(const GitHome& home, const std::string& git_directory,
                         const std::string& common_directory, const std::string& work_tree) {
  ExcludesSearch search(home, git_directory);
  search.read(home.system_file);
  if (home.global_file) {
    search.read(*home.global_file);
  } else {
    if (!home.config_home.empty()) search.read(home.config_home + "/git/config");
    if (!home.home.empty()) search.read(home.home + "/.gitconfig");
  }
  if (!common_directory.empty()) search.read(common_directory + "/config");
  return {file_of(search.file(), home, work_tree), search.ignores_case()};
}

}  // namespace toolpost::project_index
