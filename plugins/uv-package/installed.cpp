// SPDX-License-Identifier: Apache-2.0
#include "installed.hpp"

#include "file_reading.hpp"
#include "pep/ascii.hpp"
#include "pep/package_name.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMetadataHead = 65536;
constexpr std::size_t kMaxPackages = 20000;
constexpr std::string_view kDistInfo = ".dist-info";

// METADATA is a block of mail headers; it ends at the first empty line.
std::optional<std::string> header(std::string_view metadata, std::string_view field) {
  while (!metadata.empty()) {
    const std::size_t end = metadata.find('\n');
    std::string_view line = metadata.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) return std::nullopt;
    if (line.size() > field.size() && line[field.size()] == ':' &&
        pep::lowered(line.substr(0, field.size())) == field) {
      return std::string(pep::trimmed(line.substr(field.size() + 1)));
    }
    if (end == std::string_view::npos) return std::nullopt;
    metadata.remove_prefix(end + 1);
  }
  return std::nullopt;
}

void read_dist_info(const fs::path& directory, InstalledPackages& out) {
  const std::string stem = directory.filename().string();
  const std::string_view base(stem.data(), stem.size() - kDistInfo.size());
  const std::size_t dash = base.find('-');
  const std::string metadata =
      read_head((directory / "METADATA").string(), kMetadataHead).value_or("");
  // The directory's name says the same, escaped; it serves when METADATA can't be read.
  std::string name = header(metadata, "name").value_or(std::string(base.substr(0, dash)));
  std::string version =
      header(metadata, "version")
          .value_or(dash == std::string_view::npos ? std::string("unknown")
                                                   : std::string(base.substr(dash + 1)));
  if (!pep::is_package_name(name)) return;
  name = pep::normalized_name(name);
  std::error_code error;
  if (fs::exists(directory / "direct_url.json", error)) out.direct.insert(name);
  out.packages[std::move(name)].insert(std::move(version));
}

// Links are passed over: a project could name any directory of the machine with one.
bool is_real_directory(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::directory;
}

void read_site_packages(const fs::path& directory, InstalledPackages& out) {
  if (!is_real_directory(directory)) return;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != kDistInfo || !is_real_directory(it->path())) continue;
    if (out.packages.size() >= kMaxPackages) return;
    read_dist_info(it->path(), out);
  }
}

}  // namespace

InstalledPackages read_installed(const std::string& environment) {
  InstalledPackages out;
  for (const std::string_view library : {"lib", "lib64"}) {
    const fs::path base = fs::path(environment) / library;
    std::error_code error;
    if (!is_real_directory(base)) continue;  // "lib64" is usually "lib" again
    for (fs::directory_iterator it(base, error), end; !error && it != end; it.increment(error)) {
      if (it->path().filename().string().rfind("python", 0) != 0) continue;
      if (!is_real_directory(it->path())) continue;
      read_site_packages(it->path() / "site-packages", out);
    }
  }
  return out;
}

}  // namespace toolpost::uv_package
