// SPDX-License-Identifier: Apache-2.0
#include "project_settings_rules.hpp"

#include "output.hpp"
#include "pep/index_url.hpp"
#include "pep/requirement.hpp"

#include <algorithm>
#include <array>

namespace toolpost::uv_package {

namespace {

enum class Rule {
  kFree,
  kIndexTables,
  kIndexUrl,
  kIndexUrls,
  kRequirements,
  kSources,
  kWorkspace,
  kFirstIndexOnly,
  kNoKeyring,
  kPlacesPackagesFrom,  // refused: another place that packages come from
  kBuilds,              // refused: changes what is built, or with what
  kNetwork,             // refused: the operator's to decide
  kInstaller,           // refused: settings of "uv pip" that act behind this plugin's back
};

struct Key {
  std::string_view name;
  Rule rule;
};

constexpr std::array<Key, 79> kKeys = {{
    {"add-bounds", Rule::kFree},
    {"allow-insecure-host", Rule::kNetwork},
    {"audit", Rule::kFree},
    {"build-backend", Rule::kFree},
    {"build-constraint-dependencies", Rule::kRequirements},
    {"cache-dir", Rule::kFree},  // the environment names another one, which wins
    {"cache-keys", Rule::kFree},
    {"check-url", Rule::kFree},
    {"compile-bytecode", Rule::kFree},
    {"concurrent-builds", Rule::kFree},
    {"concurrent-downloads", Rule::kFree},
    {"concurrent-installs", Rule::kFree},
    {"config-settings", Rule::kBuilds},
    {"config-settings-package", Rule::kBuilds},
    {"conflicts", Rule::kFree},
    {"constraint-dependencies", Rule::kRequirements},
    {"default-groups", Rule::kFree},
    {"dependency-groups", Rule::kFree},
    {"dependency-metadata", Rule::kFree},
    {"dev-dependencies", Rule::kRequirements},
    {"environments", Rule::kFree},
    {"exclude-dependencies", Rule::kFree},
    {"exclude-newer", Rule::kFree},
    {"exclude-newer-package", Rule::kFree},
    {"extra-build-dependencies", Rule::kBuilds},
    {"extra-build-variables", Rule::kBuilds},
    {"extra-index-url", Rule::kIndexUrls},
    {"find-links", Rule::kPlacesPackagesFrom},
    {"fork-strategy", Rule::kFree},
    {"graalpy-install-mirror", Rule::kNetwork},
    {"http-proxy", Rule::kNetwork},
    {"https-proxy", Rule::kNetwork},
    {"index", Rule::kIndexTables},
    {"index-strategy", Rule::kFirstIndexOnly},
    {"index-url", Rule::kIndexUrl},
    {"keyring-provider", Rule::kNoKeyring},
    {"link-mode", Rule::kFree},
    {"managed", Rule::kFree},
    {"minimum-libc-version", Rule::kFree},
    {"native-tls", Rule::kFree},
    {"no-binary", Rule::kBuilds},
    {"no-binary-package", Rule::kBuilds},
    {"no-build", Rule::kFree},
    {"no-build-isolation", Rule::kBuilds},
    {"no-build-isolation-package", Rule::kBuilds},
    {"no-build-package", Rule::kFree},
    {"no-cache", Rule::kFree},
    {"no-index", Rule::kFree},
    {"no-proxy", Rule::kNetwork},
    {"no-sources", Rule::kFree},
    {"no-sources-package", Rule::kFree},
    {"offline", Rule::kFree},
    {"override-dependencies", Rule::kRequirements},
    {"package", Rule::kFree},
    {"pip", Rule::kInstaller},
    {"prerelease", Rule::kFree},
    {"prerelease-package", Rule::kFree},
    {"preview", Rule::kFree},
    {"preview-features", Rule::kFree},
    {"publish-url", Rule::kFree},
    {"pyodide-install-mirror", Rule::kNetwork},
    {"pypy-install-mirror", Rule::kNetwork},
    {"python-downloads", Rule::kFree},  // the environment says never, which wins
    {"python-downloads-json-url", Rule::kNetwork},
    {"python-install-mirror", Rule::kNetwork},
    {"python-preference", Rule::kFree},
    {"reinstall", Rule::kFree},
    {"reinstall-package", Rule::kFree},
    {"require-build-hashes", Rule::kFree},
    {"required-environments", Rule::kFree},
    {"required-version", Rule::kFree},
    {"resolution", Rule::kFree},
    {"sources", Rule::kSources},
    {"system-certs", Rule::kFree},
    {"torch-backend", Rule::kPlacesPackagesFrom},
    {"trusted-publishing", Rule::kFree},
    {"upgrade", Rule::kFree},
    {"upgrade-package", Rule::kFree},
    {"workspace", Rule::kWorkspace},
}};

Refusal refused(const SettingsFile& file, std::string_view key, std::string_view why) {
  return {file.name + ": '" + std::string(key) + "' " + std::string(why)};
}

class SettingsCheck {
 public:
  SettingsCheck(const SettingsFile& file, const std::vector<std::string>& indexes)
      : file_(file), indexes_(indexes) {}

  Checked<Passed> check(std::string_view key, const toml::node& value) const {
    const auto* found = std::find_if(kKeys.begin(), kKeys.end(),
                                     [&](const Key& known) { return known.name == key; });
    if (found == kKeys.end()) return refused(file_, key, "is not a setting this plugin knows");
    switch (found->rule) {
      case Rule::kFree:
      case Rule::kSources:
      case Rule::kWorkspace:
        return Passed{};
      case Rule::kIndexTables:
        return check_index_tables(key, value);
      case Rule::kIndexUrl:
        return check_index(key, value.value_or(std::string()));
      case Rule::kIndexUrls:
        return check_index_list(key, value);
      case Rule::kRequirements:
        return check_requirements(key, value);
      case Rule::kFirstIndexOnly:
        return check_fixed(key, value, "first-index");
      case Rule::kNoKeyring:
        return check_fixed(key, value, "disabled");
      case Rule::kPlacesPackagesFrom:
        return refused(file_, key, "is refused: packages come from the configured indexes only");
      case Rule::kBuilds:
        return refused(file_, key, "is refused: it changes what is built from source and how");
      case Rule::kNetwork:
        return refused(file_, key, "is refused: network settings come from the configuration");
      case Rule::kInstaller:
        return refused(file_, key, "is refused: this plugin decides how 'uv pip' is run");
    }
    return refused(file_, key, "has no rule");
  }

 private:
  Checked<Passed> check_index(std::string_view key, const std::string& url) const {
    const auto parts = pep::parse_http_url(url);
    if (!parts) return refused(file_, key, "names an index that " + parts.refusal().text);
    if (parts->has_credentials) {
      return refused(file_, key, "names an index with credentials in its URL");
    }
    if (std::find(indexes_.begin(), indexes_.end(), pep::comparable_index(url)) != indexes_.end()) {
      return Passed{};
    }
    return refused(file_, key,
                   "names the index " + without_credentials(url) +
                       ", which is not among the configured ones (index_url, extra_index_urls, "
                       "project_index_urls)");
  }

  Checked<Passed> check_index_list(std::string_view key, const toml::node& value) const {
    const toml::array* list = value.as_array();
    if (list == nullptr) return refused(file_, key, "is not a list");
    for (const toml::node& item : *list) {
      if (auto checked = check_index(key, item.value_or(std::string())); !checked) return checked;
    }
    return Passed{};
  }

  Checked<Passed> check_index_tables(std::string_view key, const toml::node& value) const {
    const toml::array* list = value.as_array();
    if (list == nullptr) return refused(file_, key, "is not a list of tables");
    for (const toml::node& item : *list) {
      const toml::table* index = item.as_table();
      if (index == nullptr) return refused(file_, key, "is not a list of tables");
      if (auto checked = check_index(key, text_at(*index, "url")); !checked) return checked;
      if (text_at(*index, "format") == "flat") {
        return refused(file_, key, "names a flat index, which is refused");
      }
    }
    return Passed{};
  }

  Checked<Passed> check_requirements(std::string_view key, const toml::node& value) const {
    const toml::array* list = value.as_array();
    if (list == nullptr) return refused(file_, key, "is not a list");
    return check_requirement_list(*list, file_.name + ": '" + std::string(key) + "'");
  }

  Checked<Passed> check_fixed(std::string_view key, const toml::node& value,
                              std::string_view only) const {
    if (value.value_or(std::string()) == only) return Passed{};
    return refused(file_, key, "is refused unless it is '" + std::string(only) + "'");
  }

  const SettingsFile& file_;
  const std::vector<std::string>& indexes_;
};

}  // namespace

Checked<Passed> check_project_settings(const SettingsFile& file,
                                       const std::vector<std::string>& indexes) {
  const SettingsCheck check(file, indexes);
  for (const auto& [key, value] : file.table) {
    if (auto checked = check.check(key.str(), value); !checked) return checked;
  }
  return Passed{};
}

Checked<Passed> check_requirement_list(const toml::array& list, std::string_view where) {
  std::size_t position = 0;
  for (const toml::node& item : list) {
    const std::string at = std::string(where) + "[" + std::to_string(position++) + "]";
    std::optional<std::string> text = item.value<std::string>();
    // Constraints may also be written as a table with an index, which [index] has named before.
    if (!text && item.as_table() != nullptr) text = text_at(*item.as_table(), "requirement");
    if (item.as_table() != nullptr && item.as_table()->contains("include-group")) continue;
    if (!text) return Refusal{at + " is not a requirement"};
    if (auto parsed = pep::parse_requirement(*text); !parsed) return within(at, parsed.refusal());
  }
  return Passed{};
}

namespace {

Checked<Passed> check_source(const toml::table& source, const std::string& where,
                             std::vector<std::string>& directories) {
  for (const std::string_view kind : {"git", "url"}) {
    if (source.contains(kind)) {
      return Refusal{where + " takes the package from '" + std::string(kind) +
                     "', which is refused: packages come from the configured indexes only"};
    }
  }
  if (source.contains("path")) {
    const std::string path = text_at(source, "path");
    if (path.empty()) return Refusal{where + " has an empty path"};
    directories.push_back(path);
    return Passed{};
  }
  if (source.contains("index") || source.contains("workspace")) return Passed{};
  return Refusal{where + " names no source this plugin knows (index, workspace, path)"};
}

}  // namespace

Checked<std::vector<std::string>> source_directories(const toml::table& settings) {
  std::vector<std::string> directories;
  const toml::table* sources = settings["sources"].as_table();
  if (sources == nullptr) return directories;
  for (const auto& [name, value] : *sources) {
    const std::string where = "pyproject.toml [tool.uv.sources]: '" + std::string(name.str()) + "'";
    if (const toml::table* source = value.as_table()) {
      if (auto checked = check_source(*source, where, directories); !checked) {
        return checked.refusal();
      }
      continue;
    }
    const toml::array* choices = value.as_array();
    if (choices == nullptr) return Refusal{where + " is not a table"};
    for (const toml::node& choice : *choices) {
      const toml::table* source = choice.as_table();
      if (source == nullptr) return Refusal{where + " is not a list of tables"};
      if (auto checked = check_source(*source, where, directories); !checked) {
        return checked.refusal();
      }
    }
  }
  return directories;
}

}  // namespace toolpost::uv_package
