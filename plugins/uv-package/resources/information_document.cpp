// SPDX-License-Identifier: Apache-2.0
#include "file_reading.hpp"
#include "lockfile.hpp"
#include "output.hpp"
#include "resources/documents.hpp"
#include "toml_file.hpp"

#include <array>
#include <sys/stat.h>
#include <utility>

namespace toolpost::uv_package {

namespace {

constexpr std::size_t kMaxVersionFile = 4096;

const toml::table* table_at(const toml::table* table, std::string_view key) {
  return table == nullptr ? nullptr : (*table)[key].as_table();
}

sdk::Json text_or_null(const toml::table* table, std::string_view key) {
  const std::string text = table == nullptr ? "" : text_at(*table, key);
  return text.empty() ? sdk::Json() : sdk::Json(without_credentials(text));
}

sdk::Json texts(const toml::table* table, std::string_view key) {
  sdk::Json out = sdk::Json::array();
  if (table == nullptr) return out;
  for (const std::string& text : texts_at(*table, key)) out.push_back(without_credentials(text));
  return out;
}

// A table of lists of requirements; a group may include another one.
sdk::Json groups(const toml::table* table) {
  sdk::Json out = sdk::Json::object();
  if (table == nullptr) return out;
  for (const auto& [key, node] : *table) {
    sdk::Json list = texts(table, key.str());
    if (const toml::array* items = node.as_array()) {
      for (const toml::node& item : *items) {
        const sdk::Json included = text_or_null(item.as_table(), "include-group");
        if (!included.is_null()) list.push_back(sdk::Json::object({{"include_group", included}}));
      }
    }
    out.set(std::string(key.str()), std::move(list));
  }
  return out;
}

sdk::Json project_in(const toml::table& document) {
  const toml::table* project = table_at(&document, "project");
  const toml::table* build = table_at(&document, "build-system");
  sdk::Json out = sdk::Json::object({
      {"name", text_or_null(project, "name")},
      {"version", text_or_null(project, "version")},
      {"description", text_or_null(project, "description")},
      {"requires_python", text_or_null(project, "requires-python")},
      {"dynamic", texts(project, "dynamic")},
      {"dependencies", texts(project, "dependencies")},
      {"optional_dependencies", groups(table_at(project, "optional-dependencies"))},
      {"dependency_groups", groups(table_at(&document, "dependency-groups"))},
  });
  if (build != nullptr) {
    out.set("build_system",
            sdk::Json::object({{"requires", texts(build, "requires")},
                               {"build_backend", text_or_null(build, "build-backend")}}));
  }
  return out;
}

std::string as_utc(time_t seconds) {
  struct tm parts {};

  std::array<char, sizeof "-2147483648-01-01T00:00:00Z"> text;
  if (::gmtime_r(&seconds, &parts) == nullptr) return {};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

Checked<sdk::Json> lock_in(const std::string& project) {
  const std::string path = project + "/uv.lock";

  struct stat status {};

  if (::lstat(path.c_str(), &status) != 0) return sdk::Json();
  const auto lockfile = Lockfile::read(project);
  if (!lockfile) return lockfile.refusal();
  if (!lockfile->exists()) return sdk::Json();
  return sdk::Json::object({{"size", status.st_size},
                            {"modified", as_utc(status.st_mtime)},
                            {"packages", lockfile->packages().size()}});
}

}  // namespace

Checked<sdk::Json> information_document(const Settings&, const Project& project) {
  const auto document = read_toml(project.path + "/pyproject.toml", kMaxProjectFile);
  if (!document) return document.refusal();
  auto lock = lock_in(project.path);
  if (!lock) return lock.refusal();
  const auto version = read_file(project.path + "/.python-version", kMaxVersionFile);
  if (!version) return version.refusal();
  return sdk::Json::object(
      {{"project", project.path},
       {"pyproject", document->has_value() ? project_in(**document) : sdk::Json()},
       {"lock", std::move(*lock)},
       {"python_version_file",
        version->has_value() ? sdk::Json(cleaned_line(**version)) : sdk::Json()}});
}

}  // namespace toolpost::uv_package
