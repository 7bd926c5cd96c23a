// SPDX-License-Identifier: Apache-2.0
// Python: pyproject.toml of all tools, requirements files, setup.cfg and Pipfile.
#include "ecosystems/ecosystem.hpp"
#include "ecosystems/languages/python_locks.hpp"
#include "ecosystems/languages/requirement.hpp"
#include "ecosystems/name_pattern.hpp"
#include "ecosystems/toml_text.hpp"

#include <algorithm>
#include <array>

namespace toolpost::project_index {
namespace {

void declare(std::string_view text, Draft& draft, std::string_view group) {
  const Requirement requirement = requirement_in(text);
  if (requirement.name.empty()) {
    draft.complain("no requirement: '" + beginning_of(text, 100) + "'");
  } else {
    draft.declare(requirement.name, requirement.declared, group);
  }
}

void declare_all(const toml::array& list, Draft& draft, std::string_view group) {
  for (const toml::node& item : list) {
    if (item.is_table()) continue;  // {include-group = "…"}: the group is told itself
    if (!item.is_string()) {
      draft.complain("a requirement is not a string");
      continue;
    }
    declare(text_of(item), draft, group);
  }
}

void declare_groups(const toml::table& groups, Draft& draft) {
  for (const auto& [name, list] : groups) {
    if (list.is_array()) {
      declare_all(*list.as_array(), draft, name.str());
    } else {
      draft.complain("'" + std::string(name.str()) + "' is not an array");
    }
  }
}

// name = "^1" or name = { version = "^1", … }, as Poetry and Pipenv write it.
void declare_table(const toml::table& table, Draft& draft, std::string_view group) {
  for (const auto& [name, value] : table) {
    if (name.str() == "python") continue;
    const toml::table* details = value.as_table();
    std::string requirement =
        details == nullptr ? text_of(value) : text_at(*details, "version", draft);
    if (details != nullptr && requirement.empty()) {
      for (const char* key : {"git", "path", "url"}) {
        if (details->contains(key)) requirement = "@ " + text_at(*details, key, draft);
      }
    }
    draft.declare(name.str(), requirement == "*" ? "" : requirement, group);
  }
}

// "app.cli:main" begins in app/cli.py, or src/app/cli.py.
void enter_command(std::string_view name, std::string_view target, Draft& draft) {
  std::string module(target.substr(0, target.find_first_of(":[ ")));
  std::replace(module.begin(), module.end(), '.', '/');
  for (const char* base : {"", "src/"}) {
    for (const char* ending : {".py", "/__init__.py"}) {
      const std::string file = base + module + ending;
      if (draft.tree().has(joined(draft.directory(), file))) {
        return draft.enter(name, "command", target, file);
      }
    }
  }
  draft.enter(name, "command", target);
}

void enter_commands(const toml::table& commands, Draft& draft) {
  for (const auto& [name, target] : commands) enter_command(name.str(), text_of(target), draft);
}

void read_poetry(const toml::table& poetry, Draft& draft) {
  draft.set_name(text_at(poetry, "name", draft));
  draft.set_version(text_at(poetry, "version", draft));
  draft.set_description(text_at(poetry, "description", draft));
  declare_table(table_at(poetry, "dependencies", draft), draft, "");
  declare_table(table_at(poetry, "dev-dependencies", draft), draft, "dev");
  for (const auto& [name, group] : table_at(poetry, "group", draft)) {
    if (const toml::table* table = group.as_table()) {
      declare_table(table_at(*table, "dependencies", draft), draft, name.str());
    }
  }
  enter_commands(table_at(poetry, "scripts", draft), draft);
}

void read_pyproject(std::string_view text, Draft& draft) {
  const toml::table root = toml_of(text, draft);
  const toml::table& project = table_at(root, "project", draft);
  draft.set_name(text_at(project, "name", draft));
  draft.set_version(text_at(project, "version", draft));
  draft.set_description(text_at(project, "description", draft));
  declare_all(array_at(project, "dependencies", draft), draft, "");
  declare_groups(table_at(project, "optional-dependencies", draft), draft);
  declare_groups(table_at(root, "dependency-groups", draft), draft);
  declare_all(array_at(table_at(root, "build-system", draft), "requires", draft), draft, "build");
  enter_commands(table_at(project, "scripts", draft), draft);
  enter_commands(table_at(project, "gui-scripts", draft), draft);
  const toml::table& tool = table_at(root, "tool", draft);
  read_poetry(table_at(tool, "poetry", draft), draft);
  declare_all(array_at(table_at(tool, "uv", draft), "dev-dependencies", draft), draft, "dev");
}

void read_pipfile(std::string_view text, Draft& draft) {
  const toml::table root = toml_of(text, draft);
  declare_table(table_at(root, "packages", draft), draft, "");
  declare_table(table_at(root, "dev-packages", draft), draft, "dev");
}

// "requirements-dev.txt" declares for "dev".
std::string group_of(std::string_view name) {
  constexpr std::string_view kBegin = "requirements";
  name.remove_prefix(std::min(kBegin.size(), name.size()));
  name = name.substr(0, name.rfind('.'));
  name.remove_prefix(std::min(name.find_first_not_of("-_."), name.size()));
  return std::string(name);
}

std::string_view without_comment(std::string_view line) {
  if (trimmed(line).starts_with('#')) return {};
  return trimmed(line.substr(0, line.find(" #")));
}

void read_requirement_lines(std::string_view text, Draft& draft, const std::string& group,
                            int depth);

// "-r other.txt": only files of the tree, each once, so that a circle ends. What is named like a
// requirements file has a group of its own, whoever includes it.
void include_requirements(std::string_view name, Draft& draft, const std::string& group,
                          int depth) {
  constexpr int kMaxDepth = 16;
  const std::string source = draft.source();
  const std::string path = joined(directory_of(source), trimmed(name));
  if (path.empty() || !draft.tree().has(path)) {
    return draft.complain("includes what is not here: '" + beginning_of(name, 100) + "'");
  }
  if (!draft.visit(path)) return;
  if (depth >= kMaxDepth) return draft.complain("includes files more than 16 deep");
  const auto content = draft.tree().read(path, Tree::kMaxManifest);
  draft.begin(path);
  if (content) {
    const bool has_own_group = name_in(path).starts_with("requirements");
    read_requirement_lines(*content, draft, has_own_group ? group_of(name_in(path)) : group,
                           depth + 1);
  } else {
    draft.complain(content.refusal().text);
  }
  draft.begin(source);
}

void read_requirement_lines(std::string_view text, Draft& draft, const std::string& group,
                            int depth) {
  while (!text.empty()) {
    std::string line(without_comment(next_line(text)));
    while (line.ends_with('\\') && !text.empty()) {
      line.pop_back();
      line += without_comment(next_line(text));
    }
    std::string_view rest = line;
    for (const std::string_view option : {"-r", "--requirement"}) {
      if (rest.starts_with(option)) {
        rest = trimmed(rest.substr(option.size()));
        if (rest.starts_with('=')) rest.remove_prefix(1);
        include_requirements(rest, draft, group, depth);
        rest = {};
      }
    }
    if (rest.starts_with('-')) {
      const std::size_t egg = rest.find("#egg=");  // -e git+https://…#egg=name
      if (egg != std::string_view::npos) draft.declare(rest.substr(egg + 5), rest, group);
      continue;
    }
    rest = trimmed(rest.substr(0, rest.find(" --hash")));
    // A path or an address without a name has nothing to tell.
    const bool is_place =
        rest.starts_with('.') || rest.starts_with('/') ||
        (rest.find("://") != std::string_view::npos && rest.find('@') > rest.find("://"));
    if (!rest.empty() && !is_place) declare(rest, draft, group);
  }
}

void read_requirements(std::string_view text, Draft& draft) {
  if (!draft.visit(draft.source())) return;
  read_requirement_lines(text, draft, group_of(name_in(draft.source())), 0);
}

void take_setup_value(std::string_view section, std::string_view key, std::string_view value,
                      Draft& draft) {
  const std::size_t equals = value.find('=');
  if (section == "metadata" && key == "name") draft.set_name(value);
  if (section == "metadata" && key == "version" && !value.starts_with("attr:")) {
    draft.set_version(value);
  }
  if (section == "metadata" && key == "description") draft.set_description(value);
  if (section == "options" && key == "install_requires") declare(value, draft, "");
  if (section == "options" && key == "tests_require") declare(value, draft, "test");
  if (section == "options.extras_require") declare(value, draft, key);
  if (section == "options.entry_points" && key == "console_scripts" &&
      equals != std::string_view::npos) {
    enter_command(trimmed(value.substr(0, equals)), trimmed(value.substr(equals + 1)), draft);
  }
}

// Sections, keys, and values that go on in indented lines.
void read_setup_cfg(std::string_view text, Draft& draft) {
  std::string section;
  std::string key;
  while (!text.empty()) {
    const std::string_view raw = next_line(text);
    std::string_view value = trimmed(raw);
    if (value.empty() || value.front() == '#' || value.front() == ';') continue;
    const bool goes_on = raw.front() == ' ' || raw.front() == '\t';
    if (!goes_on && value.front() == '[') {
      section = value.substr(1, value.find(']') - 1);
      key.clear();
      continue;
    }
    if (!goes_on) {
      const std::size_t equals = value.find_first_of("=:");
      if (equals == std::string_view::npos) continue;
      key = trimmed(value.substr(0, equals));
      value = trimmed(value.substr(equals + 1));
    }
    if (!value.empty()) take_setup_value(section, key, value, draft);
  }
}

constexpr std::array<FactFile, 12> kFiles{{
    {"pyproject.toml", false, read_pyproject},
    {"setup.cfg", false, read_setup_cfg},
    {"Pipfile", false, read_pipfile},
    {"requirements*.txt", false, read_requirements},
    {"requirements*.in", false, read_requirements},
    {"setup.py", false, nullptr},
    {"environment.yml", false, nullptr},
    {"uv.lock", true, read_package_tables},
    {"poetry.lock", true, read_package_tables},
    {"pdm.lock", true, read_package_tables},
    {"pylock*.toml", true, read_package_tables},
    {"Pipfile.lock", true, read_pipfile_lock},
}};
constexpr std::array<std::string_view, 2> kEndings{".py", ".pyi"};
constexpr std::array<std::string_view, 3> kTests{"test_*.py", "*_test.py", "conftest.py"};
constexpr std::array<std::string_view, 2> kTestDirectories{"tests", "test"};
constexpr std::array<std::string_view, 2> kEntries{"__main__.py", "manage.py"};
constexpr std::array<std::string_view, 7> kTopEntries{"main.py", "app.py",  "server.py", "cli.py",
                                                      "run.py",  "wsgi.py", "asgi.py"};

}  // namespace

constinit const Ecosystem kPython{"python", python_name,      kFiles,   kEndings,
                                  kTests,   kTestDirectories, kEntries, kTopEntries};

}  // namespace toolpost::project_index
