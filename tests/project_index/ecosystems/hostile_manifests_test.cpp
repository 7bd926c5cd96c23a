// SPDX-License-Identifier: Apache-2.0
// Manifests that were made to hurt: each is named with what is wrong, and the rest is told.
#include "tree_fixture.hpp"

#include <chrono>

namespace toolpost::project_index::test {
namespace {

std::string repeated(const std::string& text, std::size_t count) {
  std::string out;
  for (std::size_t index = 0; index < count; ++index) out += text;
  return out;
}

// Beside an innocent manifest, which is told in any case.
Lines problems_with(const std::string& path, const std::string& text) {
  const ProjectFacts facts = facts_in({{path, text}, {"innocent/go.mod", "module innocent\n"}});
  bool has_innocent = false;
  for (const Project& project : facts.projects) has_innocent |= project.name == "innocent";
  CHECK(has_innocent);
  return lines_of(facts.problems);
}

bool starts_with(const Lines& lines, const std::string& text) {
  return lines.size() == 1 && lines.front().rfind(text, 0) == 0;
}

}  // namespace

TEST_CASE("hostile: what cannot be parsed is named, with the place where there is one") {
  CHECK(starts_with(problems_with("package.json", "{\"a\": }"), "package.json: is not JSON: "));
  CHECK(problems_with("package.json", "[]") == Lines{"package.json: is not a JSON object"});
  CHECK(starts_with(problems_with("package.json", ""), "package.json: is not JSON: "));
  CHECK(starts_with(problems_with("Cargo.toml", "a = \n"), "Cargo.toml: line 1, column "));
  CHECK(problems_with("pom.xml", "<project><a></b></project>") ==
        Lines{"pom.xml: line 1: 'a' is not closed"});
  CHECK(problems_with("pom.xml", "\n\n<project") == Lines{"pom.xml: line 3: a tag does not end"});
  CHECK(problems_with("A.csproj", "plain") == Lines{"A.csproj: line 1: an element is missing"});
  CHECK(starts_with(problems_with("composer.json", "\xff\xfe{}"), "composer.json: is not JSON: "));
}

TEST_CASE("hostile: depth is bounded in every format") {
  CHECK(problems_with("package.json", repeated("{\"a\":", 100) + "1" + repeated("}", 100)) ==
        Lines{"package.json: nests deeper than 64"});
  CHECK(problems_with("package.json", repeated("[", 500000)) ==
        Lines{"package.json: nests deeper than 64"});
  CHECK(starts_with(problems_with("pyproject.toml", "a = " + repeated("[", 500000)),
                    "pyproject.toml: line 1"));
  CHECK(problems_with("pom.xml", repeated("<a>", 100000)) ==
        Lines{"pom.xml: line 1: nests deeper than 64"});
  std::string deep = "packages:\n";
  for (std::size_t depth = 1; depth < 200; ++depth) deep += std::string(depth, ' ') + "a:\n";
  CHECK(problems_with("pubspec.yaml", deep) == Lines{"pubspec.yaml: nests deeper than 64"});
}

TEST_CASE("hostile: size is bounded") {
  CHECK(problems_with("package.json", std::string((1U << 20U) + 1, ' ')) ==
        Lines{"package.json: is larger than 1048576 bytes"});
  CHECK(
      facts_in({{"package.json", "{}"}, {"package-lock.json", std::string((16U << 20U) + 1, ' ')}})
          .problems.front() == FactProblem{"package-lock.json", "is larger than 16777216 bytes"});
}

TEST_CASE("hostile: a key that occurs twice is named") {
  const std::string twice = R"({"dependencies": {"a": "1", "b\"": "2", "a": "3"}})";
  CHECK(problems_with("package.json", twice) ==
        Lines{"package.json: key 'a' occurs twice: the last one counts"});
  CHECK(problems_with("package.json", R"({"a": [{"x": 1}, {"x": 2}], "b": {"a": "a"}})") ==
        Lines{});
  CHECK(starts_with(problems_with("Cargo.toml", "[package]\nname = \"a\"\nname = \"b\"\n"),
                    "Cargo.toml: line 3, column "));
  CHECK(problems_with("pom.xml", "<project a='1' a='2'/>") ==
        Lines{"pom.xml: line 1: attribute 'a' occurs twice"});
}

TEST_CASE("hostile: wrong types are named, and the rest of the manifest is told") {
  const ProjectFacts facts =
      facts_in({{"package.json", R"({"name": 7, "version": ["1"], "scripts": "x",
    "dependencies": {"good": "^1", "bad": {"version": 1}}, "devDependencies": [], "bin": 5})"}});
  CHECK(lines_of(facts.problems) ==
        Lines{"package.json: 'name' is not a string", "package.json: 'version' is not a string",
              "package.json: 'dependencies.bad' is not a string",
              "package.json: 'devDependencies' is not an object",
              "package.json: 'bin' is not an object", "package.json: 'scripts' is not an object"});
  CHECK(lines_of(facts.projects.front().dependencies) == Lines{"good ^1"});
  CHECK(problems_with("pyproject.toml", "project = 3\n") ==
        Lines{"pyproject.toml: 'project' is not a table"});
  CHECK(problems_with("pyproject.toml", "[project]\ndependencies = [1, \"!!\"]\n") ==
        Lines{"pyproject.toml: a requirement is not a string",
              "pyproject.toml: no requirement: '!!'"});
  CHECK(problems_with("Cargo.toml",
                      "[dependencies]\na = 1\n[lib]\npath = []\n[package]\nname = \"x\"\n") ==
        Lines{"Cargo.toml: dependency 'a' is no version and no table",
              "Cargo.toml: 'path' is not a string"});
  CHECK(problems_with("composer.json", R"({"require": null, "bin": {}})") ==
        Lines{"composer.json: 'bin' is not an array"});
  CHECK(problems_with("go.mod", "require x\n") == Lines{"go.mod: a requirement has no version"});
}

TEST_CASE("hostile: circles end") {
  const ProjectFacts facts =
      facts_in({{"requirements.txt", "-r requirements-a.txt\none\n"},
                {"requirements-a.txt", "-r requirements.txt\n-r requirements-a.txt\ntwo\n"}});
  CHECK(lines_of(facts.problems) == Lines{});
  CHECK(lines_of(facts.projects.front().dependencies) == Lines{"one", "two [a]"});
  CHECK(problems_with("pom.xml",
                      "<project><artifactId>x</artifactId><properties><a>${b}</a><b>${a}${a}</b>"
                      "</properties><version>${a}</version></project>") == Lines{});
}

TEST_CASE("hostile: an include does not leave the tree") {
  CHECK(problems_with("requirements.txt", "-r ../../etc/passwd\n-r /etc/passwd\n") ==
        Lines{"requirements.txt: includes what is not here: '../../etc/passwd'",
              "requirements.txt: includes what is not here: '/etc/passwd'"});
  const Project project =
      only_project({{"package.json", R"({"name": "x", "bin": "../../etc/passwd"})"}});
  CHECK(project.entry_points.front().path.empty());
}

TEST_CASE("hostile: entities do not multiply, since a DOCTYPE is not read") {
  CHECK(problems_with("pom.xml",
                      "<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol2 "
                      "'&lol;&lol;'>]><project>&lol2;</project>") ==
        Lines{"pom.xml: line 1: a DOCTYPE is not read"});
}

TEST_CASE("hostile: counts are bounded, and that is said once") {
  std::string many = "require (\n";
  for (int index = 0; index < 30000; ++index)
    many += "e.org/" + std::to_string(index) + " v1.0.0\n";
  const ProjectFacts facts = facts_in({{"go.mod", many + ")\n"}});
  CHECK(lines_of(facts.problems) ==
        Lines{"go.mod: more than 20000 dependencies: the rest is left out"});
  CHECK(facts.projects.front().dependencies.size() == 20000);
  std::string scripts = R"({"scripts": {)";
  for (int index = 0; index < 3000; ++index) {
    scripts += (index == 0 ? "\"s" : ",\"s") + std::to_string(index) + "\": \"x\"";
  }
  CHECK(problems_with("package.json", scripts + "}}") ==
        Lines{"package.json: more than 2000 entry points: the rest is left out"});
}

TEST_CASE("hostile: long names and texts are cut, and passwords in addresses are not told") {
  const std::string token = "ghp_" + std::string(36, 'a');
  const Project project = only_project(
      {{"package.json", R"({"name": ")" + std::string(5000, 'n') + R"(", "description": ")" +
                            std::string(1000, 'd') + " " + token + R"(", "dependencies": {"a":
        "git+https://user:S3CRET@example.org/a.git"}})"}});
  CHECK(project.name.size() == 1024);
  CHECK(project.description == std::string(1000, 'd') + " [secret removed]");
  CHECK(lines_of(project.dependencies) == Lines{"a git+https://example.org/a.git"});
}

TEST_CASE("hostile: a package that is called like a token is one package, with its version") {
  const std::string name = "@acme/sk-design-system-components";
  const Project project =
      only_project({{"package.json", R"({"dependencies": {")" + name + R"(": "^1.2.0"}})"},
                    {"package-lock.json", R"({"lockfileVersion": 3, "packages": {"node_modules/)" +
                                              name + R"(": {"version": "1.2.7"}}})"}});
  CHECK(lines_of(project.dependencies) == Lines{name + " ^1.2.0 = 1.2.7"});
}

TEST_CASE("hostile: unfinished calls, quotes and blocks cost no more than finished ones") {
  const std::size_t many = 60000;
  for (const auto& one :
       std::map<std::string, std::string>{{"CMakeLists.txt", "FetchContent_Declare(a "},
                                          {"meson.build", "dependency('a' "},
                                          {"build.gradle", "implementation 'a:b"},
                                          {"x/build.gradle.kts", "/* implementation("},
                                          {"Gemfile", "gem 'a', 'b "},
                                          {"x.gemspec", "s.add_dependency 'a', "},
                                          {"conanfile.py", "requires = 'a/1', "},
                                          {"setup.cfg", "[options.extras_require\n a\n"},
                                          {"yarn.lock", "\"a@\n  version \""},
                                          {"pom.xml", "<!--"},
                                          {"pubspec.yaml", "a: 'b\n"},
                                          {"requirements.txt", "a \\\n"},
                                          {"Gemfile.lock", "    a (\n"},
                                          {"pnpm-lock.yaml", "'a:\n"}}) {
    const auto& path = one.first;
    const auto& piece = one.second;
    const std::string text = repeated(piece, std::min(many, (1U << 20U) / piece.size()));
    const auto begin = std::chrono::steady_clock::now();
    facts_in({{path, text}, {"package.json", "{}"}});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    // Trying everything again from each place would take minutes.
    CHECK_MESSAGE(took.count() < 10.0, path);
  }
}

}  // namespace toolpost::project_index::test
