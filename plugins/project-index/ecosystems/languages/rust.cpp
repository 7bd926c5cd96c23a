// SPDX-License-Identifier: Apache-2.0
// Rust: Cargo.toml and Cargo.lock.
#include "ecosystems/ecosystem.hpp"
#include "ecosystems/name_pattern.hpp"
#include "ecosystems/toml_text.hpp"

#include <array>

namespace toolpost::project_index {
namespace {

std::string requirement_of(const toml::node& value, Draft& draft) {
  const toml::table* details = value.as_table();
  if (details == nullptr) return text_of(value);
  std::string version = text_at(*details, "version", draft);
  if (!version.empty()) return version;
  for (const char* key : {"path", "git"}) {
    if (details->contains(key)) return std::string(key) + " " + text_at(*details, key, draft);
  }
  return (*details)["workspace"].value_or(false) ? "workspace" : "";
}

void declare_all(const toml::table& table, std::string_view group, Draft& draft) {
  for (const auto& [name, value] : table) {
    const toml::table* details = value.as_table();
    if (details == nullptr && !value.is_string()) {
      draft.complain("dependency '" + std::string(name.str()) + "' is no version and no table");
      continue;
    }
    const bool is_optional = details != nullptr && (*details)["optional"].value_or(false);
    // { package = "real-name" }: that is what the lock calls it.
    std::string real = details == nullptr ? "" : text_at(*details, "package", draft);
    draft.declare(real.empty() ? name.str() : std::string_view(real), requirement_of(value, draft),
                  group.empty() && is_optional ? "optional" : group);
  }
}

void declare_kinds(const toml::table& table, Draft& draft) {
  declare_all(table_at(table, "dependencies", draft), "", draft);
  declare_all(table_at(table, "dev-dependencies", draft), "dev", draft);
  declare_all(table_at(table, "build-dependencies", draft), "build", draft);
}

void enter_targets(const toml::table& root, Draft& draft, const std::string& package) {
  const auto has = [&draft](std::string_view file) {
    return draft.tree().has(joined(draft.directory(), file));
  };
  if (has("src/main.rs")) draft.enter(package, "binary", "src/main.rs", "src/main.rs");
  const toml::table& library = table_at(root, "lib", draft);
  std::string library_file = text_at(library, "path", draft);
  if (library_file.empty()) library_file = "src/lib.rs";
  if (has(library_file)) draft.enter(package, "library", library_file, library_file);
  const std::array<std::array<const char*, 3>, 2> kinds{
      {{"bin", "binary", "src/bin/"}, {"example", "example", "examples/"}}};
  for (const auto& [key, kind, directory] : kinds) {
    for (const toml::node& item : array_at(root, key, draft)) {
      const toml::table* target = item.as_table();
      if (target == nullptr) continue;
      const std::string name = text_at(*target, "name", draft);
      std::string file = text_at(*target, "path", draft);
      if (file.empty()) file = directory + name + ".rs";
      if (file != "src/main.rs") draft.enter(name, kind, file, file);
    }
  }
}

void read_cargo_toml(std::string_view text, Draft& draft) {
  const toml::table root = toml_of(text, draft);
  const toml::table& package = table_at(root, "package", draft);
  const std::string name = text_at(package, "name", draft);
  draft.set_name(name);
  // { workspace = true } is no version of its own.
  if (package["version"].is_string()) draft.set_version(text_at(package, "version", draft));
  if (package["description"].is_string()) {
    draft.set_description(text_at(package, "description", draft));
  }
  declare_kinds(root, draft);
  for (const auto& [target, table] : table_at(root, "target", draft)) {
    if (table.is_table()) declare_kinds(*table.as_table(), draft);
  }
  declare_all(table_at(table_at(root, "workspace", draft), "dependencies", draft), "workspace",
              draft);
  if (!name.empty()) enter_targets(root, draft, name);
}

void read_cargo_lock(std::string_view text, Draft& draft) {
  const toml::table root = toml_of(text, draft);
  for (const toml::node& item : array_at(root, "package", draft)) {
    const toml::table* package = item.as_table();
    if (package == nullptr) continue;
    const std::string name = text_at(*package, "name", draft);
    // Without a source it is a member of this workspace.
    if (!package->contains("source")) draft.ignore_in_lock(name);
    draft.lock(name, text_at(*package, "version", draft));
  }
}

constexpr std::array<FactFile, 2> kFiles{{
    {"Cargo.toml", false, read_cargo_toml},
    {"Cargo.lock", true, read_cargo_lock},
}};
constexpr std::array<std::string_view, 1> kEndings{".rs"};
constexpr std::array<std::string_view, 2> kTests{"tests.rs", "*_test.rs"};
constexpr std::array<std::string_view, 1> kTestDirectories{"tests"};
constexpr std::array<std::string_view, 1> kTopEntries{"main.rs"};

}  // namespace

constinit const Ecosystem kRust{"rust", same_name,        kFiles, kEndings,
                                kTests, kTestDirectories, {},     kTopEntries};

}  // namespace toolpost::project_index
