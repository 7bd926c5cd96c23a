// SPDX-License-Identifier: Apache-2.0
// What the resources say, from files that a test has written.
#include "resources/documents.hpp"

#include "resources/resources.hpp"
#include "temporary_directory.hpp"

#include <doctest/doctest.h>

#include <string>
#include <unistd.h>

namespace {

using namespace toolpost;
using namespace toolpost::uv_package;
using sdk::Json;
using test::TemporaryDirectory;

struct Written {
  TemporaryDirectory directory;
  Settings settings;

  Written() { settings.roots = {directory.path()}; }

  void environment() const {
    directory.write(".venv/pyvenv.cfg",
                    "home = /usr/bin\nimplementation = CPython\nuv = 0.12.5\r\nno such line\n"
                    "version_info = 3.11.2\ninclude-system-site-packages = false\nprompt = app\n");
  }

  void install(const std::string& name, const std::string& version) const {
    const std::string place =
        ".venv/lib/python3.11/site-packages/" + name + "-" + version + ".dist-info/METADATA";
    directory.write(place, "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n");
  }

  Checked<Json> read(Document document) const {
    const auto project = find_project(settings, "");
    REQUIRE(project.ok());
    return document(settings, *project);
  }
};

std::string locked(const std::string& name, const std::string& needs,
                   const std::string& source = "registry = \"https://packages.example/simple\"") {
  return "[[package]]\nname = \"" + name + "\"\nversion = \"1.0\"\nsource = { " + source +
         " }\ndependencies = [" + needs + "]\n";
}

std::string edge(const std::string& name) {
  return "{ name = \"" + name + "\" },";
}

}  // namespace

TEST_CASE("documents: the installed packages by name, and those that came from elsewhere") {
  const Written project;
  project.environment();
  project.install("Six", "1.16.0");
  project.install("mine", "0.1");
  project.directory.write(".venv/lib/python3.11/site-packages/mine-0.1.dist-info/direct_url.json",
                          "{}");
  const auto read = project.read(installed_document);
  REQUIRE(read.ok());
  CHECK(read->at("exists").as_bool());
  CHECK(read->at("count").as_integer() == 2);
  CHECK(read->at("packages").dump() == R"([{"name":"mine","version":"0.1","direct":true},)"
                                       R"({"name":"six","version":"1.16.0"}])");
}

TEST_CASE("documents: a project without an environment has nothing installed") {
  const Written project;
  const auto read = project.read(installed_document);
  REQUIRE(read.ok());
  CHECK_FALSE(read->at("exists").as_bool());
  CHECK(read->at("packages").as_array().empty());
  const auto environment = project.read(environment_document);
  REQUIRE(environment.ok());
  CHECK_FALSE(environment->at("exists").as_bool());
}

TEST_CASE("documents: an environment that leads elsewhere is not read") {
  const Written project;
  const Written other;
  other.environment();
  REQUIRE(::symlink((other.directory.path() + "/.venv").c_str(),
                    (project.directory.path() + "/.venv").c_str()) == 0);
  for (const Document document : {installed_document, environment_document}) {
    const auto read = project.read(document);
    REQUIRE_FALSE(read.ok());
    CHECK(read.refusal().text.find("symbolic link") != std::string::npos);
  }
}

TEST_CASE("documents: the environment as pyvenv.cfg has it") {
  const Written project;
  project.environment();
  const auto read = project.read(environment_document);
  REQUIRE(read.ok());
  CHECK(read->at("python_version").as_string() == "3.11.2");
  CHECK(read->at("implementation").as_string() == "CPython");
  CHECK(read->at("base").as_string() == "/usr/bin");
  CHECK(read->at("uv").as_string() == "0.12.5");
  CHECK(read->at("prompt").as_string() == "app");
  CHECK_FALSE(read->at("system_site_packages").as_bool());
  CHECK(read->at("python_executable").as_string() ==
        project.directory.path() + "/.venv/bin/python");
}

TEST_CASE("documents: the tree shows what a package needs once") {
  const Written project;
  project.directory.write("uv.lock", locked("app", edge("a") + edge("b"), "editable = \".\"") +
                                         locked("a", edge("c")) + locked("b", edge("a")) +
                                         locked("c", ""));
  const auto read = project.read(tree_document);
  REQUIRE(read.ok());
  CHECK(read->at("locked").as_bool());
  CHECK(read->at("count").as_integer() == 4);
  CHECK(read->at("tree").dump() ==
        R"([{"name":"app","version":"1.0","local":true,"dependencies":[)"
        R"({"name":"a","version":"1.0","dependencies":[{"name":"c","version":"1.0"}]},)"
        R"({"name":"b","version":"1.0","dependencies":[)"
        R"({"name":"a","version":"1.0","repeated":true}]}]}])");
}

TEST_CASE("documents: packages that need each other are in the tree") {
  const Written project;
  project.directory.write("uv.lock", locked("a", edge("b")) + locked("b", edge("a")));
  const auto read = project.read(tree_document);
  REQUIRE(read.ok());
  CHECK(read->at("tree").dump() == R"([{"name":"a","version":"1.0","dependencies":[)"
                                   R"({"name":"b","version":"1.0","dependencies":[)"
                                   R"({"name":"a","version":"1.0","repeated":true}]}]}])");
}

TEST_CASE("documents: a chain of packages is cut where readers of JSON would give up") {
  const Written project;
  std::string lock;
  constexpr int kLength = 100;
  for (int at = 0; at < kLength; ++at) {
    const std::string next = at + 1 == kLength ? "" : edge("p" + std::to_string(at + 1));
    lock += locked("p" + std::to_string(at), next);
  }
  project.directory.write("uv.lock", lock);
  const auto read = project.read(tree_document);
  REQUIRE(read.ok());
  const Json parsed = Json::parse(read->dump());
  CHECK(parsed.dump().find("\"cut\":true") != std::string::npos);
  CHECK(parsed.dump().find("\"p99\"") != std::string::npos);
}

TEST_CASE("documents: a tree that is too wide says what it leaves out") {
  const Written project;
  std::string lock;
  for (std::size_t at = 0; at < kMaxListedPackages + 3; ++at) {
    lock += locked("p" + std::to_string(at), "");
  }
  project.directory.write("uv.lock", lock);
  const auto read = project.read(tree_document);
  REQUIRE(read.ok());
  CHECK(read->at("tree").as_array().size() == kMaxListedPackages);
  CHECK(read->at("left_out").as_integer() == 3);
}

TEST_CASE("documents: what pyproject.toml declares, without credentials") {
  const Written project;
  project.directory.write(
      "pyproject.toml",
      "[project]\nname = \"app\"\nversion = \"0.1\"\nrequires-python = \">=3.9\"\n"
      "dependencies = [\"six\", \"x @ https://user:secret@host.example/x.whl\"]\n"
      "[project.optional-dependencies]\nfast = [\"speedups\"]\n"
      "[dependency-groups]\ndev = [\"pytest\", { include-group = \"lint\" }]\nlint = [\"ruff\"]\n"
      "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n");
  project.directory.write("uv.lock", locked("six", ""));
  project.directory.write(".python-version", "3.11\n");
  const auto read = project.read(information_document);
  REQUIRE(read.ok());
  const Json& declared = read->at("pyproject");
  CHECK(declared.at("name").as_string() == "app");
  CHECK(declared.at("requires_python").as_string() == ">=3.9");
  CHECK(declared.at("description").is_null());
  CHECK(declared.at("dependencies").dump() == R"(["six","x @ https://***@host.example/x.whl"])");
  CHECK(declared.at("optional_dependencies").dump() == R"({"fast":["speedups"]})");
  CHECK(declared.at("dependency_groups").dump() ==
        R"({"dev":["pytest",{"include_group":"lint"}],"lint":["ruff"]})");
  CHECK(declared.at("build_system").at("build_backend").as_string() == "hatchling.build");
  CHECK(read->at("lock").at("packages").as_integer() == 1);
  CHECK(read->at("lock").at("size").as_integer() ==
        static_cast<std::int64_t>(locked("six", "").size()));
  CHECK(read->at("lock").at("modified").as_string().back() == 'Z');
  CHECK(read->at("python_version_file").as_string() == "3.11");
  CHECK(read->dump().find("secret") == std::string::npos);
}

TEST_CASE("documents: a directory without files says so, a broken file is named") {
  const Written project;
  const auto empty = project.read(information_document);
  REQUIRE(empty.ok());
  CHECK(empty->at("pyproject").is_null());
  CHECK(empty->at("lock").is_null());
  const auto tree = project.read(tree_document);
  REQUIRE(tree.ok());
  CHECK_FALSE(tree->at("locked").as_bool());
  project.directory.write("pyproject.toml", "[project\n");
  const auto broken = project.read(information_document);
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.refusal().text.find("pyproject.toml:1") != std::string::npos);
  project.directory.write("uv.lock", "package = 5\n");
  CHECK_FALSE(project.read(tree_document).ok());
}

TEST_CASE("resources: a URI names a document and a project, or is not ours") {
  const auto plain = named_resource("python:packages://installed");
  REQUIRE(plain.has_value());
  CHECK(std::string(plain->row->uri) == "python:packages://installed");
  CHECK(plain->project.empty());
  const auto other = named_resource("python:project://info?project=a%2Fb%20c%");
  REQUIRE(other.has_value());
  CHECK(std::string(other->row->uri) == "python:project://info");
  CHECK(other->project == "a/b c%");
  CHECK(resource_uri(*other->row, "a/b c%") == "python:project://info?project=a%2Fb%20c%25");
  CHECK(resource_uri(*other->row, "") == "python:project://info");
  for (const char* uri : {"", "python:packages://", "python:packages://installed2",
                          "python:packages://installed/x", "python:packages://installed?other=1"}) {
    CHECK_FALSE(named_resource(uri).has_value());
  }
}
