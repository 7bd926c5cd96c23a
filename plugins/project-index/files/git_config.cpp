// SPDX-License-Identifier: Apache-2.0
#include "files/git_config.hpp"

#include "files/outside_file.hpp"
#include "files/wildmatch.hpp"

#include <algorithm>
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

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

class ExcludesFileSearch {
 public:
  ExcludesFileSearch(const GitHome& home, const std::string& git_directory)
      : home_(home), git_directory_(git_directory) {}

  void read(const std::string& path, int depth = 0) {
    if (path.empty() || depth > kMaxIncludes) return;
    const auto text = read_outside_file(path, LastLink::kFollowed);
    if (!text) return;
    for (const GitSetting& setting : parse_git_config(*text)) {
      const bool is_plain = setting.subsection.empty();
      if (setting.section == "core" && is_plain && setting.key == "excludesfile") {
        found_ = expand(setting.value);
      } else if (setting.key == "path" &&
                 ((setting.section == "include" && is_plain) ||
                  (setting.section == "includeif" && holds(setting.subsection, path)))) {
        const std::string other = expand(setting.value);
        if (other.empty()) continue;
        read(other.front() == '/' ? other : directory_of(path) + "/" + other, depth + 1);
      }
    }
  }

  const std::optional<std::string>& found() const { return found_; }

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
      glob = lower_case(std::move(glob));
      place = lower_case(std::move(place));
    }
    return Wildmatch(glob, Wildmatch::Slashes::kSpecial).matches(place);
  }

  const GitHome& home_;
  const std::string& git_directory_;
  std::optional<std::string> found_;
};

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

std::string git_excludes_file(const GitHome& home, const std::string& git_directory,
                              const std::string& common_directory, const std::string& work_tree) {
  ExcludesFileSearch search(home, git_directory);
  search.read(home.system_file);
  if (home.global_file) {
    search.read(*home.global_file);
  } else {
    if (!home.config_home.empty()) search.read(home.config_home + "/git/config");
    if (!home.home.empty()) search.read(home.home + "/.gitconfig");
  }
  if (!common_directory.empty()) search.read(common_directory + "/config");
  if (!search.found()) {
    return home.config_home.empty() ? std::string() : home.config_home + "/git/ignore";
  }
  const std::string& path = *search.found();
  if (path.empty() || path.front() == '/') return path;
  return work_tree.empty() ? std::string() : work_tree + "/" + path;
}

}  // namespace toolpost::project_index
