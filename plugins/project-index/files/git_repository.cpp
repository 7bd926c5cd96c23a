// SPDX-License-Identifier: Apache-2.0
#include "files/git_repository.hpp"

#include "files/outside_file.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::project_index {

namespace {

constexpr std::size_t kShortestHash = 40;  // in hexadecimal digits

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::string resolved(const std::string& base, const std::string& path) {
  return path.empty() || path.front() == '/' ? path : base + "/" + path;
}

bool may_enter(const std::string& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

// HEAD names a branch or a commit; git takes nothing else for a repository.
bool has_head(const std::string& git_directory) {
  const std::string path = git_directory + "/HEAD";
  std::array<char, PATH_MAX> target;
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  if (size > 0) {
    return std::string_view(target.data(), static_cast<std::size_t>(size)).substr(0, 5) == "refs/";
  }
  const auto text = read_outside_file(path, LastLink::kFollowed);
  if (!text) return false;
  if (text->rfind("ref:", 0) == 0) {
    const std::size_t name = text->find_first_not_of(" \t\n\r", 4);
    return name != std::string::npos && text->compare(name, 5, "refs/") == 0;
  }
  const auto digits = static_cast<std::size_t>(
      std::find_if_not(text->begin(), text->end(), is_hex) - text->begin());
  return digits >= kShortestHash;
}

std::optional<GitRepository> repository_in(const std::string& git_directory) {
  if (!has_head(git_directory)) return std::nullopt;
  GitRepository out;
  out.git_directory = git_directory;
  out.common_directory = git_directory;
  if (auto common = read_outside_file(git_directory + "/commondir", LastLink::kFollowed)) {
    out.common_directory = resolved(git_directory, without_line_end(std::move(*common)));
  }
  if (!may_enter(out.common_directory + "/objects") || !may_enter(out.common_directory + "/refs")) {
    return std::nullopt;
  }
  return out;
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::optional<GitRepository> repository_at(const std::string& directory) {
  const std::string place = (directory == "/" ? "" : directory) + "/.git";

  struct stat status {};

  if (::stat(place.c_str(), &status) != 0) return std::nullopt;
  std::string git_directory = place;
  if (S_ISREG(status.st_mode)) {
    const auto text = read_outside_file(place, LastLink::kFollowed);
    constexpr std::string_view kField = "gitdir: ";
    if (!text || text->rfind(kField, 0) != 0) return std::nullopt;
    git_directory = resolved(directory, without_line_end(text->substr(kField.size())));
  } else if (!S_ISDIR(status.st_mode)) {
    return std::nullopt;
  }
  auto out = repository_in(git_directory);
  if (!out) return std::nullopt;
  out->work_tree = directory;
  out->is_own = status.st_uid == ::geteuid() || status.st_uid == 0;
  return out;
}

std::optional<GitRepository> repository_of(const RootDirectory& root) {
  struct stat own {};

  if (::fstat(root.get(), &own) != 0) return std::nullopt;
  for (std::string path = root.path();; path = parent_of(path)) {
    struct stat status {};

    if (::stat(path.c_str(), &status) != 0 || status.st_dev != own.st_dev) return std::nullopt;
    if (auto found = repository_at(path)) {
      const bool is_trusted = path == root.path() || found->is_own || status.st_uid == own.st_uid;
      if (!is_trusted) return std::nullopt;
      return found;
    }
    if (path == "/") return std::nullopt;
  }
}

}  // namespace toolpost::project_index
