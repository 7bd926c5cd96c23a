// SPDX-License-Identifier: Apache-2.0
// One reader for the four that are TOML: they differ in what is not read here.
#include "ecosystems/languages/python_locks.hpp"

#include "ecosystems/json_text.hpp"
#include "ecosystems/toml_text.hpp"

namespace toolpost::project_index {

void read_package_tables(std::string_view text, Draft& draft) {
  const toml::table root = toml_of(text, draft);
  for (const char* key : {"package", "packages"}) {
    for (const toml::node& item : array_at(root, key, draft)) {
      const toml::table* package = item.as_table();
      if (package == nullptr) continue;
      const std::string name = text_at(*package, "name", draft);
      const toml::node* source = package->get("source");
      const toml::table* place = source == nullptr ? nullptr : source->as_table();
      if (place != nullptr && (place->contains("editable") || place->contains("virtual"))) {
        draft.ignore_in_lock(name);  // the project itself, or a member of its workspace
      }
      draft.lock(name, text_at(*package, "version", draft));
    }
  }
}

void read_pipfile_lock(std::string_view text, Draft& draft) {
  const boost::json::object root = json_object_of(text, draft);
  for (const char* section : {"default", "develop"}) {
    for (const auto& [name, value] : object_at(root, section, draft)) {
      if (!value.is_object()) continue;
      std::string_view version = text_at(value.get_object(), "version", draft);
      if (version.starts_with("==")) version.remove_prefix(2);
      draft.lock(name, version);
    }
  }
}

}  // namespace toolpost::project_index
