// SPDX-License-Identifier: Apache-2.0
// PHP: composer.json and composer.lock.
#include "ecosystems/ecosystem.hpp"
#include "ecosystems/json_text.hpp"

#include <array>

namespace toolpost::project_index {
namespace {

// "php" and "ext-json" are no packages.
bool is_platform(std::string_view name) {
  return name.find('/') == std::string_view::npos;
}

void declare_all(const boost::json::object& root, std::string_view key, std::string_view group,
                 Draft& draft) {
  for (const auto& [name, requirement] : object_at(root, key, draft)) {
    if (!is_platform(name)) draft.declare(name, text_of(requirement), group);
  }
}

void read_composer_json(std::string_view text, Draft& draft) {
  const boost::json::object root = json_object_of(text, draft);
  draft.set_name(text_at(root, "name", draft));
  draft.set_version(text_at(root, "version", draft));
  draft.set_description(text_at(root, "description", draft));
  declare_all(root, "require", "", draft);
  declare_all(root, "require-dev", "dev", draft);
  const boost::json::value* bin = root.if_contains("bin");
  if (bin != nullptr && bin->is_string())
    draft.enter(text_of(*bin), "command", text_of(*bin), text_of(*bin));
  if (bin != nullptr && !bin->is_string()) {
    for (const boost::json::value& file : array_at(root, "bin", draft)) {
      draft.enter(text_of(file), "command", text_of(file), text_of(file));
    }
  }
  for (const auto& [name, command] : object_at(root, "scripts", draft)) {
    draft.enter(name, "script", text_of(command));
  }
}

void read_composer_lock(std::string_view text, Draft& draft) {
  const boost::json::object root = json_object_of(text, draft);
  for (const char* key : {"packages", "packages-dev"}) {
    for (const boost::json::value& package : array_at(root, key, draft)) {
      if (!package.is_object()) continue;
      std::string_view version = text_at(package.get_object(), "version", draft);
      if (version.starts_with('v')) version.remove_prefix(1);
      draft.lock(text_at(package.get_object(), "name", draft), version);
    }
  }
}

constexpr std::array<FactFile, 2> kFiles{{
    {"composer.json", false, read_composer_json},
    {"composer.lock", true, read_composer_lock},
}};
constexpr std::array<std::string_view, 1> kEndings{".php"};
constexpr std::array<std::string_view, 1> kTests{"*Test.php"};
constexpr std::array<std::string_view, 1> kEntries{"artisan"};
constexpr std::array<std::string_view, 1> kTopEntries{"index.php"};

}  // namespace

constinit const Ecosystem kPhp{"php",  lower_name, kFiles,   kEndings,
                               kTests, {},         kEntries, kTopEntries};

}  // namespace toolpost::project_index
