// SPDX-License-Identifier: Apache-2.0
// JavaScript and TypeScript: package.json.
#include "ecosystems/ecosystem.hpp"
#include "ecosystems/json_text.hpp"
#include "ecosystems/languages/javascript_locks.hpp"

#include <array>

namespace toolpost::project_index {
namespace {

void declare_all(const boost::json::object& package, std::string_view key, std::string_view group,
                 Draft& draft) {
  for (const auto& [name, requirement] : object_at(package, key, draft)) {
    if (!requirement.is_string()) {
      draft.complain("'" + std::string(key) + "." + std::string(name) + "' is not a string");
      continue;
    }
    draft.declare(name, text_of(requirement), group);
  }
}

void enter_commands(const boost::json::object& package, Draft& draft) {
  const boost::json::value* bin = package.if_contains("bin");
  if (bin == nullptr) return;
  if (bin->is_string()) {
    std::string_view name = quiet_text_at(package, "name");
    return draft.enter(name.substr(name.rfind('/') + 1), "command", text_of(*bin), text_of(*bin));
  }
  for (const auto& [name, target] : object_at(package, "bin", draft)) {
    draft.enter(name, "command", text_of(target), text_of(target));
  }
}

void read_package_json(std::string_view text, Draft& draft) {
  const boost::json::object package = json_object_of(text, draft);
  draft.set_name(text_at(package, "name", draft));
  draft.set_version(text_at(package, "version", draft));
  draft.set_description(text_at(package, "description", draft));
  declare_all(package, "dependencies", "", draft);
  declare_all(package, "devDependencies", "dev", draft);
  declare_all(package, "peerDependencies", "peer", draft);
  declare_all(package, "optionalDependencies", "optional", draft);
  enter_commands(package, draft);
  for (const char* key : {"main", "module"}) {
    const std::string_view file = text_at(package, key, draft);
    if (!file.empty()) draft.enter(key, "library", file, file);
  }
  for (const auto& [name, command] : object_at(package, "scripts", draft)) {
    draft.enter(name, "script", text_of(command));
  }
}

constexpr std::array<FactFile, 6> kFiles{{
    {"package.json", false, read_package_json},
    {"package-lock.json", true, read_package_lock},
    {"npm-shrinkwrap.json", true, read_package_lock},
    {"yarn.lock", true, read_yarn_lock},
    {"pnpm-lock.yaml", true, read_pnpm_lock},
    {"bun.lockb", true, nullptr},
}};
constexpr std::array<std::string_view, 8> kEndings{".js",  ".jsx", ".ts",  ".tsx",
                                                   ".mjs", ".cjs", ".mts", ".cts"};
constexpr std::array<std::string_view, 4> kTests{"*.test.*", "*.spec.*", "*_test.ts", "*-test.js"};
constexpr std::array<std::string_view, 2> kTestDirectories{"__tests__", "test"};
constexpr std::array<std::string_view, 12> kTopEntries{
    "index.js", "index.ts", "main.js",   "main.ts",   "server.js", "server.ts",
    "app.js",   "app.ts",   "index.mjs", "index.tsx", "main.tsx",  "cli.js"};

}  // namespace

constinit const Ecosystem kJavascript{"javascript", same_name,        kFiles, kEndings,
                                      kTests,       kTestDirectories, {},     kTopEntries};

}  // namespace toolpost::project_index
