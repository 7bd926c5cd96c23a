// SPDX-License-Identifier: Apache-2.0
#include "backup/shelf.hpp"

#include "backup/archive.hpp"
#include "base/utc_time.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <unistd.h>

namespace toolpost::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "toolpost-";
constexpr std::string_view kSuffix = ".tar";
constexpr std::size_t kTimeBytes = 16;  // 20260131T020000Z

// By name, so by time.
std::vector<std::string> archives_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator entry{directory, failed}, end; !failed && entry != end;
       entry.increment(failed)) {
    std::string name = entry->path().filename().string();
    std::error_code unknown;
    if (time_of_archive(name) && fs::is_regular_file(entry->symlink_status(unknown))) {
      names.push_back(std::move(name));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string archive_name(std::int64_t unix_seconds) {
  std::string time = to_utc_time(unix_seconds);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return std::string{kPrefix} + time + std::string{kSuffix};
}

std::optional<std::int64_t> time_of_archive(std::string_view name) {
  if (name.size() != kPrefix.size() + kTimeBytes + kSuffix.size() || !name.starts_with(kPrefix) ||
      !name.ends_with(kSuffix)) {
    return std::nullopt;
  }
  std::string time{name.substr(kPrefix.size(), kTimeBytes)};
  for (const std::size_t place : {4U, 7U}) time.insert(place, 1, '-');
  for (const std::size_t place : {13U, 16U}) time.insert(place, 1, ':');
  const auto parsed = parse_utc_time(time);
  if (!parsed || archive_name(*parsed) != name) return std::nullopt;
  return parsed;
}

std::optional<std::int64_t> age_of_newest(const std::string& directory, std::int64_t now) {
  const auto names = archives_in(directory);
  if (names.empty()) return std::nullopt;
  return now - *time_of_archive(names.back());
}

std::map<std::string, std::string, std::less<>> newest_with(const std::string& directory) {
  std::map<std::string, std::string, std::less<>> newest;
  const auto names = archives_in(directory);
  for (auto name = names.rbegin(); name != names.rend() && newest.size() < kIrreplaceable.size();
       ++name) {
    const auto list = read_list_of((fs::path{directory} / *name).string());
    if (!list) continue;
    for (const Entry& entry : list->entries) {
      const bool counts = std::find(kIrreplaceable.begin(), kIrreplaceable.end(),
                                    entry.place.kind) != kIrreplaceable.end();
      if (counts) newest.try_emplace(entry.place.kind, *name);
    }
  }
  return newest;
}

Result<std::vector<std::string>> prune(const std::string& directory, std::size_t keep) {
  auto names = archives_in(directory);
  if (keep == 0 || names.size() <= keep) return std::vector<std::string>{};
  names.resize(names.size() - keep);
  for (const auto& last : newest_with(directory)) std::erase(names, last.second);
  for (const std::string& name : names) {
    const std::string path = (fs::path{directory} / name).string();
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return errno_error("remove " + path, errno);
  }
  return names;
}

}  // namespace toolpost::backup
