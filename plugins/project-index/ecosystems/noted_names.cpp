// SPDX-License-Identifier: Apache-2.0
// Tables of names.
#include "ecosystems/noted_names.hpp"

#include "ecosystems/draft.hpp"
#include "ecosystems/name_pattern.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace toolpost::project_index {
namespace {

constexpr std::array<std::string_view, 6> kTexts{".md",   ".markdown", ".rst",
                                                 ".adoc", ".txt",      ".org"};
constexpr std::array<std::string_view, 14> kDocNames{
    "readme",       "changelog", "changes",      "history",    "news",
    "contributing", "security",  "authors",      "install",    "code_of_conduct",
    "upgrading",    "roadmap",   "architecture", "maintainers"};
constexpr std::array<std::string_view, 3> kDocDirectories{"docs", "doc", "documentation"};
constexpr std::array<std::string_view, 7> kInstalled{
    "node_modules", ".venv", "venv", "site-packages", "bower_components", "__pycache__", ".tox"};
constexpr std::array<std::string_view, 64> kConfig{
    ".editorconfig",
    ".gitignore",
    ".gitattributes",
    ".dockerignore",
    ".toolpostignore",
    ".pre-commit-config.*",
    ".gitlab-ci.yml",
    ".travis.yml",
    "Jenkinsfile*",
    "azure-pipelines*.yml",
    "Dockerfile*",
    "*.dockerfile",
    "docker-compose*.yml",
    "docker-compose*.yaml",
    "compose*.yaml",
    "compose*.yml",
    "Makefile",
    "GNUmakefile",
    "justfile",
    "Taskfile.yml",
    "Vagrantfile",
    "Procfile",
    "skaffold.yaml",
    "Chart.yaml",
    "tox.ini",
    "pytest.ini",
    "mypy.ini",
    "ruff.toml",
    ".ruff.toml",
    ".flake8",
    ".pylintrc",
    ".coveragerc",
    "noxfile.py",
    ".python-version",
    "tsconfig*.json",
    "jsconfig.json",
    ".eslintrc*",
    "eslint.config.*",
    ".prettierrc*",
    "prettier.config.*",
    "vite.config.*",
    "vitest.config.*",
    "webpack.config.*",
    "rollup.config.*",
    "babel.config.*",
    "jest.config.*",
    "next.config.*",
    "tailwind.config.*",
    ".nvmrc",
    "lerna.json",
    "nx.json",
    "turbo.json",
    "pnpm-workspace.yaml",
    "rustfmt.toml",
    "clippy.toml",
    "rust-toolchain*",
    ".golangci.*",
    ".clang-format",
    ".clang-tidy",
    "CMakePresets.json",
    "gradle.properties",
    "phpunit.xml*",
    ".rubocop.yml",
    "analysis_options.yaml",
};

template <std::size_t kSize>
bool fits_any(const std::array<std::string_view, kSize>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [name](std::string_view pattern) { return fits_pattern(pattern, name); });
}

template <std::size_t kSize>
bool is_below_any(const std::array<std::string_view, kSize>& names, std::string_view path) {
  return std::any_of(names.begin(), names.end(),
                     [path](std::string_view name) { return is_below_a(path, name); });
}

std::string_view ending_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot);
}

bool is_text(std::string_view name) {
  const std::string ending = lower_name(ending_of(name));
  return std::find(kTexts.begin(), kTexts.end(), ending) != kTexts.end();
}

// "README.md" and "README" are named "readme".
std::string bare_name(std::string_view path) {
  const std::string_view name = name_in(path);
  return is_text(name) ? lower_name(name.substr(0, name.rfind('.'))) : lower_name(name);
}

}  // namespace

bool is_readme(std::string_view path) {
  return bare_name(path) == "readme";
}

bool is_doc(std::string_view path) {
  return fits_any(kDocNames, bare_name(path)) ||
         (is_text(path) && is_below_any(kDocDirectories, path));
}

bool is_config(std::string_view path) {
  const bool is_workflow =
      path.starts_with(".github/") && (path.ends_with(".yml") || path.ends_with(".yaml"));
  return is_workflow || fits_any(kConfig, name_in(path));
}

bool is_installed(std::string_view path) {
  return is_below_any(kInstalled, path);
}

}  // namespace toolpost::project_index
