// SPDX-License-Identifier: Apache-2.0
#include "lockfile.hpp"

#include "output.hpp"
#include "pep/ascii.hpp"
#include "pep/index_url.hpp"
#include "pep/package_name.hpp"
#include "pep/version.hpp"

#include <algorithm>

namespace toolpost::uv_package {

namespace {

constexpr std::string_view kDigest = "sha256:";

Refusal about(const LockedPackage& package, std::string_view what) {
  return {"uv.lock: package '" + package.name + "' " + std::string(what)};
}

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

Checked<Passed> check_file(const LockedPackage& package, const toml::table& file,
                           const Origins& origins) {
  const std::string url = text_at(file, "url");
  if (url.empty()) return about(package, "has a file without a URL");
  const auto parts = pep::parse_http_url(url);
  if (!parts) {
    return about(package,
                 "has a file whose URL " + parts.refusal().text + ": " + without_credentials(url));
  }
  if (parts->has_credentials) return about(package, "has a file URL with credentials in it");
  if (!origins.file_hosts.empty() && !contains(origins.file_hosts, parts->host)) {
    return about(package, "has a file on the host '" + parts->host +
                              "', which is neither that of a configured index nor in file_hosts");
  }
  if (text_at(file, "hash").rfind(kDigest, 0) != 0) {
    return about(package, "has a file without a SHA-256: " + url);
  }
  return Passed{};
}

// Versions have two characters that URLs may escape.
std::string decoded_file_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const std::string code = pep::lowered(name.substr(at, 3));
    const bool is_escape = code == "%2b" || code == "%21";
    out += is_escape ? (code == "%2b" ? '+' : '!') : name[at];
    if (is_escape) at += 2;
  }
  return out;
}

// "…/NAME-VERSION-….whl", where both may be written in another way. A lock file that somebody
// edited could call one package by the name of another.
bool is_wheel_of(const LockedPackage& package, std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::string file = decoded_file_name(url.substr(url.rfind('/') + 1));
  const std::size_t dash = file.find('-');
  if (dash == std::string::npos) return false;
  const std::size_t end = file.find('-', dash + 1);
  if (end == std::string::npos) return false;
  std::string written = file.substr(dash + 1, end - dash - 1);
  std::replace(written.begin(), written.end(), '_', '-');
  const auto version = pep::Version::parse(written);
  const auto expected = pep::Version::parse(package.version);
  return version && expected && version->compare(*expected) == 0 &&
         pep::normalized_name(file.substr(0, dash)) == package.name;
}

// A lock file names its parts in lists of tables; anything else is not what uv writes.
Checked<Passed> check_is_list_of_tables(const toml::node* node, std::string_view what) {
  if (node == nullptr) return Passed{};
  const toml::array* list = node->as_array();
  const bool is_good =
      list != nullptr &&
      std::all_of(list->begin(), list->end(), [](const auto& item) { return item.is_table(); });
  if (is_good) return Passed{};
  return Refusal{"uv.lock: '" + std::string(what) + "' is not a list of tables"};
}

}  // namespace

Checked<Lockfile> Lockfile::read(const std::string& project) {
  auto document = read_toml(project + "/uv.lock", kMaxLockFile);
  if (!document) return document.refusal();
  Lockfile out;
  out.exists_ = document->has_value();
  if (out.exists_) out.document_ = std::move(**document);
  if (auto checked = check_is_list_of_tables(out.document_.get("package"), "package"); !checked) {
    return checked.refusal();
  }
  return out;
}

std::vector<LockedPackage> Lockfile::entries() const {
  std::vector<LockedPackage> out;
  const toml::array* list = document_["package"].as_array();
  if (list == nullptr) return out;
  for (const toml::node& node : *list) {
    const toml::table* entry = node.as_table();
    if (entry == nullptr) continue;
    out.push_back({pep::normalized_name(text_at(*entry, "name")), text_at(*entry, "version"),
                   (*entry)["source"].as_table(), entry});
  }
  return out;
}

PackageSet Lockfile::packages() const {
  PackageSet out;
  for (const LockedPackage& package : entries()) {
    out[package.name].insert(package.version.empty() ? "dynamic" : package.version);
  }
  return out;
}

bool Lockfile::has_local_builds() const {
  const std::vector<LockedPackage> all = entries();
  return std::any_of(all.begin(), all.end(), [](const LockedPackage& package) {
    return package.source != nullptr &&
           (package.source->contains("editable") || package.source->contains("directory"));
  });
}

Checked<Passed> Lockfile::check(
    const Origins& origins,
    const std::function<bool(const std::string&)>& is_local_directory) const {
  return check_entries(origins, OtherIndexes::kRefused, is_local_directory);
}

Checked<Passed> Lockfile::check_before(
    const Origins& origins,
    const std::function<bool(const std::string&)>& is_local_directory) const {
  return check_entries(origins, OtherIndexes::kPassed, is_local_directory);
}

Checked<Passed> Lockfile::check_entries(
    const Origins& origins, OtherIndexes other_indexes,
    const std::function<bool(const std::string&)>& is_local) const {
  for (const LockedPackage& package : entries()) {
    const std::string directory = local_directory(package);
    if (!directory.empty()) {
      if (is_local(directory)) continue;
      return about(package,
                   "is the directory '" + directory + "', which is outside the configured roots");
    }
    const std::string index = package.source == nullptr ? "" : text_at(*package.source, "registry");
    const bool is_other = !index.empty() && pep::parse_http_url(index) &&
                          !contains(origins.indexes, pep::comparable_index(index));
    if (is_other && other_indexes == OtherIndexes::kPassed) continue;
    if (auto checked = check_indexed(package, origins); !checked) return checked;
  }
  return Passed{};
}

std::string Lockfile::local_directory(const LockedPackage& package) {
  if (package.source == nullptr) return {};
  for (const std::string_view kind : {"virtual", "editable", "directory"}) {
    if (package.source->contains(kind)) return text_at(*package.source, kind);
  }
  return {};
}

Checked<Passed> Lockfile::check_indexed(const LockedPackage& package, const Origins& origins) {
  const std::string index = package.source == nullptr ? "" : text_at(*package.source, "registry");
  if (index.empty()) {
    return about(package,
                 "does not come from an index (its source is a repository, a URL or a "
                 "file); only packages of the configured indexes are installed");
  }
  if (!contains(origins.indexes, pep::comparable_index(index))) {
    return about(package, "comes from the index " + without_credentials(index) +
                              ", which is not among the configured ones");
  }
  if (const toml::table* file = (*package.entry)["sdist"].as_table()) {
    if (auto checked = check_file(package, *file, origins); !checked) return checked;
  }
  if (const toml::array* wheels = (*package.entry)["wheels"].as_array()) {
    for (const toml::node& node : *wheels) {
      const toml::table* file = node.as_table();
      if (file == nullptr) return about(package, "has a wheel that is not a table");
      if (auto checked = check_file(package, *file, origins); !checked) return checked;
      if (!is_wheel_of(package, text_at(*file, "url"))) {
        return about(package, "has a wheel that is named after something else: " +
                                  without_credentials(text_at(*file, "url")));
      }
    }
  }
  return Passed{};
}

}  // namespace toolpost::uv_package
