// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/discovery.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

namespace toolpost::plugin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxManifests = 1024;

// The manifests in one directory, sorted; a directory that can not be listed is a problem.
std::vector<std::string> manifest_paths(const std::string& directory, Discovery& found) {
  std::vector<std::string> paths;
  std::error_code failed;
  const fs::path place = fs::canonical(directory, failed);
  fs::directory_iterator entries;
  if (!failed) entries = fs::directory_iterator(place, failed);
  while (!failed && entries != fs::directory_iterator() && paths.size() <= kMaxManifests) {
    std::string path = entries->path().string();
    if (path.ends_with(kManifestSuffix)) paths.push_back(std::move(path));
    entries.increment(failed);
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    found.problems.push_back(
        {directory, "",
         Error(Errc::kIo, "plugin directory " + directory + ": " + failed.message())});
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string all_paths(const std::vector<Manifest>& manifests) {
  std::string text;
  for (const Manifest& manifest : manifests) text += (text.empty() ? "" : " and ") + manifest.path;
  return text;
}

}  // namespace

const Manifest* Discovery::find(std::string_view id) const noexcept {
  const auto found = std::find_if(manifests.begin(), manifests.end(),
                                  [id](const Manifest& manifest) { return manifest.id == id; });
  return found == manifests.end() ? nullptr : &*found;
}

Discovery discover(std::span<const std::string> directories) {
  Discovery found;
  std::set<std::string> seen;
  std::map<std::string, std::vector<Manifest>> by_id;
  for (const std::string& directory : directories) {
    for (const std::string& path : manifest_paths(directory, found)) {
      if (!seen.insert(path).second) continue;
      if (seen.size() > kMaxManifests) {
        found.problems.push_back(
            {directory, "",
             Error(Errc::kLimit, "plugin directories: more than " + std::to_string(kMaxManifests) +
                                     " manifests; the rest is not read")});
        break;
      }
      auto manifest = read_manifest(path);
      if (manifest) {
        auto& same_id = by_id[manifest->id];
        same_id.push_back(*std::move(manifest));
      } else {
        found.problems.push_back({path, "", manifest.error()});
      }
    }
  }
  for (auto& [id, manifests] : by_id) {
    if (manifests.size() == 1) {
      found.manifests.push_back(std::move(manifests.front()));
      continue;
    }
    found.problems.push_back(
        {manifests.front().path, id,
         Error(Errc::kExists, "plugin " + id + " stands in more than one manifest: " +
                                  all_paths(manifests) + "; none of them is used")});
  }
  return found;
}

}  // namespace toolpost::plugin
