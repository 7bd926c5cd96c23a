// SPDX-License-Identifier: Apache-2.0
// What a project may ask of uv, and where a project may be.
#include "project_check.hpp"

#include "confined_path.hpp"
#include "project.hpp"
#include "project_lock.hpp"
#include "scratch_directory.hpp"
#include "staged_project.hpp"
#include "temporary_directory.hpp"
#include "workspace.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace toolpost::uv_package;
using test::TemporaryDirectory;

// The refusal for a project of its own root, or an empty text.
std::string refusal_of(const TemporaryDirectory& root, const std::string& project = "") {
  const ProjectRules rules = {{root.path()}, {"https://packages.example/simple"}};
  const auto checked =
      check_project(project.empty() ? root.path() : root.path() + "/" + project, rules);
  return checked ? "" : checked.refusal().text;
}

std::string refusal_of_pyproject(const std::string& content) {
  const TemporaryDirectory root;
  root.write("pyproject.toml", content);
  root.write("lib/pyproject.toml", "[project]\nname = \"lib\"\n");
  return refusal_of(root);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("project: an ordinary one passes") {
  CHECK(refusal_of_pyproject(R"(
[project]
name = "x"
version = "1"
dependencies = ["requests>=2 ; python_version > '3'", "six"]
[project.optional-dependencies]
fast = ["ujson"]
[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff"]
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[tool.uv]
resolution = "lowest"
constraint-dependencies = ["six<2"]
[[tool.uv.index]]
name = "mine"
url = "https://packages.example/simple/"
[tool.uv.sources]
six = { index = "mine" }
lib = { path = "lib", editable = true }
[tool.other]
anything = "goes"
)") == "");
}

TEST_CASE("project: what is refused is refused by its name") {
  const std::array<std::pair<const char*, const char*>, 23> rows = {{
      {"[tool.uv]\nfind-links = [\"x\"]", "'find-links'"},
      {"[tool.uv]\nno-build-isolation = true", "'no-build-isolation'"},
      {"[tool.uv]\nextra-build-dependencies = {}", "'extra-build-dependencies'"},
      {"[tool.uv]\nno-binary = true", "'no-binary'"},
      {"[tool.uv]\nallow-insecure-host = [\"x\"]", "'allow-insecure-host'"},
      {"[tool.uv]\nhttp-proxy = \"http://x\"", "'http-proxy'"},
      {"[tool.uv]\npython-install-mirror = \"x\"", "'python-install-mirror'"},
      {"[tool.uv]\ntorch-backend = \"auto\"", "'torch-backend'"},
      {"[tool.uv.pip]\nindex-url = \"x\"", "'pip'"},
      {"[tool.uv]\nindex-strategy = \"unsafe-best-match\"", "unless it is 'first-index'"},
      {"[tool.uv]\nkeyring-provider = \"subprocess\"", "unless it is 'disabled'"},
      {"[tool.uv]\nbrand-new-setting = 1", "'brand-new-setting' is not a setting"},
      {"[tool.uv]\nindex-url = \"https://evil.example/simple\"", "https://evil.example/simple"},
      {"[tool.uv]\nextra-index-url = [\"https://evil.example\"]", "https://evil.example"},
      {"[[tool.uv.index]]\nurl = \"https://u:p@packages.example/simple\"", "credentials"},
      {"[[tool.uv.index]]\nurl = \"https://packages.example/simple\"\nformat = \"flat\"", "flat"},
      {"[[tool.uv.index]]\nurl = \"./local\"", "not an http"},
      {"[tool.uv.sources]\nsix = { git = \"https://packages.example/six\" }", "'git'"},
      {"[tool.uv.sources]\nsix = [{ url = \"https://packages.example/six.whl\" }]", "'url'"},
      {"[tool.uv.sources]\nsix = { path = \"/\" }", "not below a configured root"},
      {"[tool.uv]\noverride-dependencies = [\"six @ https://x.example/six.whl\"]",
       "'override-dependencies'[0]"},
      {"[project]\nname = \"x\"\ndependencies = [\"a\", \"six @ file:///six.whl\"]",
       "project.dependencies[1]"},
      {"[build-system]\nrequires = [\"six @ https://x.example/six.whl\"]",
       "build-system.requires[0]"},
  }};
  for (const auto& row : rows) {
    CAPTURE(row.first);
    const std::string refusal = refusal_of_pyproject(row.first);
    CAPTURE(refusal);
    CHECK(contains(refusal, row.second));
  }
}

TEST_CASE("project: uv.toml is held to the same rules") {
  const TemporaryDirectory root;
  root.write("uv.toml", "find-links = [\"x\"]\n");
  CHECK(contains(refusal_of(root), "uv.toml: 'find-links'"));
  root.write("uv.toml", "resolution = \"lowest\"\n");
  CHECK(refusal_of(root).empty());
}

TEST_CASE("project: .python-version names a version, never an interpreter") {
  const TemporaryDirectory root;
  for (const char* good : {"3.12\n", "cpython@3.11", "# comment\n>=3.11,<3.14\r\n", "pypy-3.10"}) {
    CAPTURE(good);
    root.write(".python-version", good);
    CHECK(refusal_of(root).empty());
  }
  for (const char* bad : {"/tmp/evil", "./evil", "3.12\n../evil\n", "C:\\evil"}) {
    CAPTURE(bad);
    root.write(".python-version", bad);
    CHECK(contains(refusal_of(root), "does not name a Python version"));
  }
}

TEST_CASE("project: settings above it count as well") {
  const TemporaryDirectory root;
  root.write("inner/pyproject.toml", "[project]\nname = \"x\"\n");
  root.write("uv.toml", "find-links = [\"x\"]\n");
  CHECK(contains(refusal_of(root, "inner"), "'find-links'"));
  root.write("uv.toml", "");
  root.write(".python-version", "/tmp/evil");
  CHECK(contains(refusal_of(root, "inner"), "does not name a Python version"));
}

TEST_CASE("project: settings above the roots are refused, whatever they say") {
  const TemporaryDirectory root;
  root.write("uv.toml", "resolution = \"lowest\"\n");
  root.write("inner/pyproject.toml", "[project]\nname = \"x\"\n");
  const ProjectRules rules = {{root.path() + "/inner"}, {}};
  const auto checked = check_project(root.path() + "/inner", rules);
  REQUIRE_FALSE(checked.ok());
  CHECK(contains(checked.refusal().text, "above the configured roots"));
}

TEST_CASE("project: a workspace's members are checked, and a member sends one to its workspace") {
  const TemporaryDirectory root;
  root.write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n");
  root.write("packages/one/pyproject.toml", "[project]\nname = \"one\"\n");
  CHECK(refusal_of(root).empty());
  CHECK(contains(refusal_of(root, "packages/one"), "is a member of the workspace"));
  root.write("packages/two/pyproject.toml",
             "[project]\nname = \"two\"\n[tool.uv]\nfind-links = [\"x\"]\n");
  CHECK(contains(refusal_of(root), "packages/two/pyproject.toml [tool.uv]: 'find-links'"));
  root.write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"../x\"]\n");
  CHECK(contains(refusal_of(root), "leads out of the workspace"));
  root.write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"**\"]\n");
  CHECK(contains(refusal_of(root), "'**'"));
}

TEST_CASE("project: what only a build could tell is refused") {
  for (const char* field :
       {"version", "dependencies", "optional-dependencies", "requires-python"}) {
    CAPTURE(field);
    const std::string project =
        std::string("[project]\nname = \"x\"\ndynamic = [\"readme\", \"") + field + "\"]\n";
    CHECK(contains(refusal_of_pyproject(project), std::string("'") + field + "'"));
    CHECK(refusal_of_pyproject(project + "[tool.uv]\npackage = false\n").empty());
  }
  CHECK(refusal_of_pyproject("[project]\nname = \"x\"\ndynamic = [\"readme\"]\n").empty());
}

TEST_CASE("project: a source or member without [project] could only tell by a build") {
  for (const char* settings : {"[tool.uv.sources]\nold = { path = \"old\" }\n",
                               "[tool.uv.workspace]\nmembers = [\"old\"]\n"}) {
    CAPTURE(settings);
    const TemporaryDirectory root;
    root.write("pyproject.toml", settings);
    root.write("old/pyproject.toml", "[build-system]\nrequires = []\n");
    CHECK(contains(refusal_of(root), "has no [project] table"));
  }
  const TemporaryDirectory root;
  root.write("pyproject.toml", "[tool.uv.sources]\nold = { path = \"old\" }\n");
  root.write("old/setup.py", "");
  CHECK(contains(refusal_of(root), "has no [project] table"));
}

TEST_CASE("project: every directory that was looked at is told") {
  const TemporaryDirectory root;
  root.write("uv.toml", "");
  root.write(
      "app/pyproject.toml",
      "[tool.uv.sources]\nlib = { path = \"../lib\" }\n[tool.uv.workspace]\nmembers = [\"m\"]\n");
  root.write("app/m/pyproject.toml", "[project]\nname = \"m\"\n");
  root.write("lib/pyproject.toml", "[project]\nname = \"lib\"\n");
  const auto checked = check_project(root.path() + "/app", {{root.path()}, {}});
  REQUIRE(checked.ok());
  CHECK(*checked == std::vector<std::string>{root.path(), root.path() + "/app",
                                             root.path() + "/app/m", root.path() + "/lib"});
}

TEST_CASE("project: broken or linked files are errors, not absent ones") {
  const TemporaryDirectory root;
  root.write("pyproject.toml", "[project\n");
  CHECK(contains(refusal_of(root), "pyproject.toml:1:"));
  fs::remove(root.path() + "/pyproject.toml");
  fs::create_symlink("/etc/passwd", root.path() + "/pyproject.toml");
  CHECK(contains(refusal_of(root), "symbolic link"));
}

TEST_CASE("workspace: patterns") {
  CHECK(matches_pattern("abc", "abc"));
  CHECK(matches_pattern("abc", "*"));
  CHECK(matches_pattern("abc", "a*c"));
  CHECK(matches_pattern("abc", "a?c"));
  CHECK(matches_pattern("aaab", "a*ab"));
  CHECK_FALSE(matches_pattern("abc", "a?"));
  CHECK_FALSE(matches_pattern("abc", "b*"));
  CHECK_FALSE(matches_pattern("", "?"));
}

TEST_CASE("confinement: the kernel, not the text, says what is below a root") {
  const TemporaryDirectory base;
  base.write("root/project/x", "");
  base.write("root-evil/x", "");
  const std::string root = base.path() + "/root";
  fs::create_directory_symlink("../root-evil", root + "/out");
  fs::create_directory_symlink("project", root + "/in");
  fs::create_directory_symlink(base.path() + "/root/project", root + "/absolute");
  const std::vector<std::string> roots = {root};

  CHECK(directory_below_any(roots, "")->path == root);
  CHECK(directory_below_any(roots, "project")->path == root + "/project");
  CHECK(directory_below_any(roots, root + "/project")->path == root + "/project");
  CHECK(directory_below_any(roots, "in")->path == root + "/project");
  CHECK(directory_below_any(roots, "project/../project")->path == root + "/project");
  for (const std::string& path :
       {std::string(".."), std::string("../root-evil"), std::string("out"), std::string("absolute"),
        std::string("project/../.."), base.path() + "/root-evil", base.path(), std::string("/"),
        std::string("/proc/self/cwd"), std::string("missing"), std::string("project/x"),
        std::string("pro\nject"), std::string("project\0/..", 11)}) {
    CAPTURE(path);
    CHECK_FALSE(directory_below_any(roots, path).ok());
  }
  CHECK_FALSE(directory_below(root, "in", Links::kNone).ok());
}

TEST_CASE(
    "environment: one whose making was ended half-way is told from what somebody else put there") {
  const TemporaryDirectory root;
  Settings settings;
  settings.roots = {root.path()};
  root.write("project/x", "");
  const auto project = find_project(settings, "project").value();
  const auto state = [&] { return check_environment(settings, project); };
  const std::string tag = "Signature: 8a477f597d28d172789f06886806bc55\n";

  root.write("project/.venv/CACHEDIR.TAG", "");
  CHECK(state().value() == EnvironmentState::kUnfinished);
  root.write("project/.venv/CACHEDIR.TAG", tag);
  root.write("project/.venv/.gitignore", "*");
  root.write("project/.venv/bin/activate.fish", "");
  root.write("project/.venv/bin/activate_this.py", "");
  fs::create_symlink("/usr/bin/python3", project.environment + "/bin/python3.11");
  CHECK(state().value() == EnvironmentState::kUnfinished);
  root.write("project/.venv/pyvenv.cfg", "");
  CHECK(state().value() == EnvironmentState::kUnfinished);

  root.write("project/.venv/bin/mine", "");
  CHECK_FALSE(state().ok());
  fs::remove(project.environment + "/bin/mine");
  root.write("project/.venv/lib/python3/site-packages/mine.py", "");
  CHECK_FALSE(state().ok());
  fs::remove_all(project.environment + "/lib");
  root.write("project/.venv/CACHEDIR.TAG", "mine");
  CHECK_FALSE(state().ok());
  root.write("project/.venv/CACHEDIR.TAG", tag);
  fs::remove_all(project.environment + "/bin");
  fs::create_directory_symlink(root.path(), project.environment + "/bin");
  CHECK_FALSE(state().ok());
  fs::remove(project.environment + "/bin");

  CHECK(remove_unfinished_environment(project).ok());
  CHECK_FALSE(fs::exists(project.environment));
}

TEST_CASE("environment: absent, present, or something else") {
  const TemporaryDirectory root;
  root.write("elsewhere/pyvenv.cfg", "home = /usr/bin\n");
  root.write("project/x", "");
  Settings settings;
  settings.roots = {root.path()};
  const auto project = find_project(settings, "project");
  REQUIRE(project.ok());
  CHECK(project->environment == root.path() + "/project/.venv");
  CHECK(check_environment(settings, *project).value() == EnvironmentState::kAbsent);

  fs::create_directory_symlink("../elsewhere", project->environment);
  CHECK(contains(check_environment(settings, *project).refusal().text, "environment"));
  fs::remove(project->environment);

  root.write("project/.venv/some-file", "");
  CHECK(contains(check_environment(settings, *project).refusal().text, "no virtual environment"));
  root.write("project/.venv/pyvenv.cfg", "home = /usr/bin\n");
  CHECK(check_environment(settings, *project).value() == EnvironmentState::kPresent);

  fs::create_directory_symlink(root.path() + "/elsewhere", root.path() + "/project/link");
  settings.environment = "link/new";
  CHECK_FALSE(check_environment(settings, find_project(settings, "project").value()).ok());
}

namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Checked<ProjectFiles> remembered(const TemporaryDirectory& root) {
  Settings settings;
  settings.roots = {root.path()};
  return ProjectFiles::remember(find_project(settings, "").value());
}

}  // namespace

TEST_CASE("files: both are replaced and put back, and one that was not there is removed") {
  const TemporaryDirectory root;
  const TemporaryDirectory copy;
  root.write("pyproject.toml", "before");
  copy.write("pyproject.toml", "after");
  copy.write("uv.lock", "lock");
  auto files = remembered(root);
  REQUIRE(files.ok());
  REQUIRE(files->replace_from(copy.path()).ok());
  CHECK(content_of(root.path() + "/pyproject.toml") == "after");
  CHECK(content_of(root.path() + "/uv.lock") == "lock");
  REQUIRE(files->restore().ok());
  CHECK_FALSE(fs::exists(root.path() + "/uv.lock"));
  CHECK(content_of(root.path() + "/pyproject.toml") == "before");
}

TEST_CASE("files: what somebody else changed in the meantime is neither replaced nor put back") {
  const TemporaryDirectory root;
  const TemporaryDirectory copy;
  root.write("pyproject.toml", "before");
  copy.write("pyproject.toml", "after");
  auto files = remembered(root);
  REQUIRE(files.ok());
  root.write("pyproject.toml", "an editor");
  const auto replaced = files->replace_from(copy.path());
  REQUIRE_FALSE(replaced.ok());
  CHECK(contains(replaced.refusal().text, "by somebody else"));
  REQUIRE(files->restore().ok());
  CHECK(content_of(root.path() + "/pyproject.toml") == "an editor");
}

TEST_CASE("files: what is the same is not written again") {
  const TemporaryDirectory root;
  const TemporaryDirectory copy;
  root.write("pyproject.toml", "same");
  copy.write("pyproject.toml", "same");
  const auto before = fs::last_write_time(root.path() + "/pyproject.toml");
  auto files = remembered(root);
  REQUIRE(files->replace_from(copy.path()).ok());
  CHECK(fs::last_write_time(root.path() + "/pyproject.toml") == before);
}

TEST_CASE("lock: one holder at a time, free again when it ends") {
  const TemporaryDirectory root;
  const auto never = [] { return false; };
  {
    const auto first = ProjectLock::acquire(root.path(), std::chrono::seconds(0), never);
    REQUIRE(first.ok());
    CHECK(first->has_value());
    const auto second = ProjectLock::acquire(root.path(), std::chrono::seconds(0), never);
    REQUIRE(second.ok());
    CHECK_FALSE(second->has_value());
    const auto cancelled =
        ProjectLock::acquire(root.path(), std::chrono::hours(1), [] { return true; });
    CHECK_FALSE(cancelled->has_value());
  }
  CHECK(ProjectLock::acquire(root.path(), std::chrono::seconds(0), never)->has_value());
}

TEST_CASE("lock: a symbolic link in its place is refused") {
  const TemporaryDirectory root;
  fs::create_symlink("/etc/passwd", root.path() + "/.toolpost.lock");
  CHECK_FALSE(
      ProjectLock::acquire(root.path(), std::chrono::seconds(0), [] { return false; }).ok());
}

TEST_CASE(
    "scratch: private, gone with its owner; what a killed process left goes, what is used stays") {
  const TemporaryDirectory parent;
  const auto make_old = [&](const std::string& path) {
    fs::last_write_time(path, fs::last_write_time(path) - std::chrono::hours(1));
  };
  std::string gone;
  {
    const auto used = ScratchDirectory::make(parent.path());
    REQUIRE(used.ok());
    CHECK(fs::status(used->path()).permissions() == fs::perms::owner_all);
    gone = used->path();
    parent.write("call-left/file", "x");
    parent.write("call-fresh/file", "x");
    parent.write("other/file", "x");
    for (const std::string& path : {parent.path() + "/call-left", parent.path() + "/other", gone}) {
      make_old(path);
    }
    const auto another = ScratchDirectory::make(parent.path());
    REQUIRE(another.ok());
    CHECK(fs::exists(used->path()));
    CHECK_FALSE(fs::exists(parent.path() + "/call-left"));
    CHECK(fs::exists(parent.path() + "/call-fresh"));
    CHECK(fs::exists(parent.path() + "/other"));
  }
  CHECK_FALSE(fs::exists(gone));
}

TEST_CASE("staged: settings are copies, everything else leads to the real thing") {
  const TemporaryDirectory root;
  const TemporaryDirectory parent;
  root.write("app/pyproject.toml", "app");
  root.write("app/uv.lock", "lock");
  root.write("app/src/x.py", "x");
  root.write("app/packages/m/pyproject.toml", "m");
  root.write("app/packages/m/y.py", "y");
  root.write("app/packages/readme/z", "z");
  root.write("app/.venv/pyvenv.cfg", "v");
  root.write("lib/pyproject.toml", "lib");
  Project project;
  project.path = root.path() + "/app";
  project.environment = project.path + "/.venv";
  const auto scratch = ScratchDirectory::make(parent.path());
  REQUIRE(scratch.ok());
  const auto staged = StagedProject::make(
      *scratch, project, {project.path, project.path + "/packages/m", root.path() + "/lib"});
  REQUIRE(staged.ok());
  const std::string copy = staged->path();
  for (const char* file :
       {"/pyproject.toml", "/uv.lock", "/packages/m/pyproject.toml", "/../lib/pyproject.toml"}) {
    CAPTURE(file);
    CHECK(fs::is_regular_file(fs::symlink_status(copy + file)));
    CHECK(content_of(copy + file) == content_of(project.path + file));
  }
  CHECK(fs::read_symlink(copy + "/src") == project.path + "/src");
  CHECK(fs::is_directory(fs::symlink_status(copy + "/packages/m")));
  CHECK(fs::read_symlink(copy + "/packages/readme") == project.path + "/packages/readme");
  CHECK_FALSE(fs::exists(fs::symlink_status(copy + "/.venv")));
  CHECK(staged->real(".") == project.path);
  CHECK(staged->real("../lib") == root.path() + "/lib");
  CHECK(staged->real("./packages/m") == project.path + "/packages/m");
  CHECK(staged->real("/elsewhere") == "/elsewhere");
}
