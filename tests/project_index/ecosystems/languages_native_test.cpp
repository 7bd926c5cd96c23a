// SPDX-License-Identifier: Apache-2.0
// Real-shaped manifests and locks of Rust, Go, Java, C/C++ and .NET, and what they tell.
#include "tree_fixture.hpp"

namespace toolpost::project_index::test {

TEST_CASE("rust: Cargo.toml and Cargo.lock with two versions of one crate") {
  const Project project = only_project({{"Cargo.toml", R"(
[package]
name = "booth"
version = "0.4.1"
description = "A booth"
edition = "2021"
[dependencies]
serde = { version = "1.0", features = ["derive"] }
syn = "1"
clap = { version = "4.5", optional = true }
shared = { path = "../shared" }
renamed = { package = "real-name", version = "0.3" }
[dev-dependencies]
tempfile = "3"
[build-dependencies]
cc = "1.0"
[target.'cfg(unix)'.dependencies]
nix = { workspace = true }
[[bin]]
name = "booth-admin"
path = "src/admin.rs"
[[example]]
name = "tour"
)"},
                                        {"Cargo.lock", R"(
version = 3
[[package]]
name = "booth"
version = "0.4.1"
[[package]]
name = "serde"
version = "1.0.203"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "syn"
version = "1.0.109"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "syn"
version = "2.0.66"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "real-name"
version = "0.3.9"
source = "registry+https://github.com/rust-lang/crates.io-index"
)"},
                                        {"examples/tour.rs", ""},
                                        {"src/lib.rs", ""},
                                        {"src/main.rs", ""}});
  CHECK(project.name == "booth");
  CHECK(lines_of(project.dependencies) ==
        Lines{"cc 1.0 [build]", "clap 4.5 [optional]", "nix workspace", "real-name 0.3 = 0.3.9",
              "serde 1.0 = 1.0.203", "shared path ../shared", "syn 1 = 1.0.109", "+syn = 2.0.66",
              "tempfile 3 [dev]"});
  CHECK(lines_of(project.entry_points) == Lines{"binary booth: src/main.rs (src/main.rs)",
                                                "binary booth-admin: src/admin.rs",
                                                "example tour: examples/tour.rs (examples/tour.rs)",
                                                "library booth: src/lib.rs (src/lib.rs)"});
}

TEST_CASE("rust: members of a workspace are locked by the lock above them") {
  const ProjectFacts facts = facts_in(
      {{"Cargo.toml", "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nlog = \"0.4\"\n"},
       {"Cargo.lock",
        "[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n[[package]]\nname = \"log\"\n"
        "version = \"0.4.21\"\nsource = \"registry\"\n"},
       {"a/Cargo.toml",
        "[package]\nname = \"a\"\nversion.workspace = true\n"
        "[dependencies]\nlog.workspace = true\n"}});
  CHECK(lines_of(facts.problems) == Lines{});
  REQUIRE(facts.projects.size() == 2);
  CHECK(lines_of(facts.projects[0].dependencies) == Lines{"log 0.4 = 0.4.21 [workspace]"});
  CHECK(facts.projects[1].directory == "a");
  CHECK(facts.projects[1].name == "a");
  CHECK(lines_of(facts.projects[1].dependencies) == Lines{"log workspace = 0.4.21"});
}

TEST_CASE("go: go.mod and go.sum") {
  const Project project =
      only_project({{"go.mod",
                     "module example.org/fair/booth // the module\n\ngo 1.22\n\n"
                     "require github.com/spf13/cobra v1.8.0\n\n"
                     "require (\n\tgolang.org/x/sync v0.7.0\n"
                     "\tgithub.com/spf13/pflag v1.0.5 // indirect\n)\n\n"
                     "replace golang.org/x/sync => ../sync\n"},
                    {"go.sum",
                     "github.com/spf13/cobra v1.8.0 h1:abc=\n"
                     "github.com/spf13/cobra v1.8.0/go.mod h1:def=\n"
                     "golang.org/x/sync v0.7.0 h1:ghi=\n"
                     "gopkg.in/yaml.v3 v3.0.1/go.mod h1:jkl=\n"}});
  CHECK(project.name == "example.org/fair/booth");
  CHECK(lines_of(project.dependencies) == Lines{"github.com/spf13/cobra v1.8.0 = v1.8.0",
                                                "+github.com/spf13/pflag = v1.0.5",
                                                "golang.org/x/sync v0.7.0 = v0.7.0"});
}

TEST_CASE("java: pom.xml with properties, a parent and managed versions") {
  const Project project = only_project({{"pom.xml", R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- a project -->
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>org.fair</groupId><artifactId>all</artifactId><version>3.2.0</version></parent>
  <artifactId>booth</artifactId>
  <description>Sells &amp; prints</description>
  <properties><jackson>2.17.1</jackson><jackson.version>${jackson}</jackson.version></properties>
  <dependencyManagement><dependencies><dependency>
    <groupId>io.netty</groupId><artifactId>netty-bom</artifactId><version>4.1.110</version>
  </dependency></dependencies></dependencyManagement>
  <dependencies>
    <dependency><groupId>com.fasterxml.jackson.core</groupId>
      <artifactId>jackson-databind</artifactId><version>${jackson.version}</version></dependency>
    <dependency><groupId>${project.groupId}</groupId><artifactId>shared</artifactId>
      <version>${project.version}</version><optional>true</optional></dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><scope>test</scope></dependency>
    <!-- <dependency><groupId>gone</groupId><artifactId>gone</artifactId></dependency> -->
  </dependencies>
  <build><plugins><plugin><configuration><mainClass>org.fair.Booth</mainClass></configuration></plugin></plugins></build>
</project>)"},
                                        {"src/main/java/org/fair/Booth.java", ""}});
  CHECK(project.name == "org.fair:booth");
  CHECK(project.version == "3.2.0");
  CHECK(project.description == "Sells & prints");
  CHECK(lines_of(project.dependencies) ==
        Lines{"com.fasterxml.jackson.core:jackson-databind 2.17.1",
              "io.netty:netty-bom 4.1.110 [managed]", "junit:junit [test]",
              "org.fair:all 3.2.0 [parent]", "org.fair:shared 3.2.0 [optional]"});
  CHECK(lines_of(project.entry_points) ==
        Lines{"main org.fair.Booth: org.fair.Booth (src/main/java/org/fair/Booth.java)"});
}

TEST_CASE("java: Gradle's two languages and its lock") {
  const Lines expected{"com.google.guava:guava 33.2.0-jre = 33.2.1-jre",
                       "org.junit.jupiter:junit-jupiter 5.10.2 [test]",
                       "org.projectlombok:lombok 1.18.32 [provided]", "org.slf4j:slf4j-api"};
  const std::string lock =
      "# This is a Gradle generated "
      "file\ncom.google.guava:guava:33.2.1-jre=compileClasspath\nempty=\n";
  const Project groovy = only_project(
      {{"build.gradle",
        "plugins { id 'java' }\nversion = '1.2.3'\n"
        "dependencies {\n  implementation 'com.google.guava:guava:33.2.0-jre'\n"
        "  // implementation 'gone:gone:1'\n  /* api 'gone:two:2' */\n"
        "  implementation platform('org.slf4j:slf4j-api')\n"
        "  compileOnly group: 'org.projectlombok', name: 'lombok', version: '1.18.32'\n"
        "  testImplementation \"org.junit.jupiter:junit-jupiter:5.10.2\"\n}\n"
        "application { mainClass = 'org.fair.Booth' }\n"},
       {"settings.gradle", "rootProject.name = 'booth'\n"},
       {"gradle.lockfile", lock}});
  CHECK(groovy.name == "booth");
  CHECK(groovy.version == "1.2.3");
  CHECK(lines_of(groovy.dependencies) == expected);
  CHECK(lines_of(groovy.entry_points) == Lines{"main org.fair.Booth: org.fair.Booth"});
  const Project kotlin =
      only_project({{"build.gradle.kts",
                     "dependencies {\n  implementation(\"com.google.guava:guava:33.2.0-jre\")\n"
                     "  implementation(platform(\"org.slf4j:slf4j-api\"))\n"
                     "  compileOnly(\"org.projectlombok:lombok:1.18.32\")\n"
                     "  testImplementation(\"org.junit.jupiter:junit-jupiter:5.10.2\")\n}\n"},
                    {"gradle.lockfile", lock}});
  CHECK(lines_of(kotlin.dependencies) == expected);
}

TEST_CASE("cpp: CMake, whose directories are parts of one project") {
  const Project project = only_project(
      {{"CMakeLists.txt",
        "cmake_minimum_required(VERSION 3.25)\n"
        "project(booth VERSION 1.2.3\n  DESCRIPTION \"A booth (small)\" LANGUAGES CXX)\n"
        "find_package(Boost 1.81 REQUIRED COMPONENTS json)\n"
        "# find_package(Gone)\nFIND_PACKAGE( OpenSSL )\n"
        "FetchContent_Declare(fmt\n  GIT_REPOSITORY https://example.org/fmt\n  GIT_TAG 10.2.1)\n"
        "pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0>=2.50 gio-2.0)\n"
        "add_subdirectory(src)\n"},
       {"src/CMakeLists.txt",
        "add_executable(booth main.cpp door.cpp)\n"
        "add_executable(${name} x.cpp)\nfind_package(re2)\n"
        "add_executable(fair::booth ALIAS booth)\n"},
       {"src/main.cpp", ""}});
  CHECK(project.name == "booth");
  CHECK(project.version == "1.2.3");
  CHECK(project.description == "A booth (small)");
  CHECK(project.manifests == Lines{"CMakeLists.txt", "src/CMakeLists.txt"});
  CHECK(lines_of(project.dependencies) == Lines{"Boost 1.81", "OpenSSL", "fmt 10.2.1 [fetched]",
                                                "gio-2.0", "glib-2.0 >=2.50", "re2"});
  CHECK(lines_of(project.entry_points) == Lines{"binary booth: main.cpp (src/main.cpp)"});
}

TEST_CASE("cpp: Meson, Conan and vcpkg") {
  const Project meson = only_project(
      {{"meson.build",
        "project('booth', 'cpp', version : '0.9', default_options : ['cpp_std=c++20'])\n"
        "zlib = dependency('zlib', version: '>=1.2')\n"
        "executable('booth', files('main.cpp'), dependencies: [zlib, dependency('threads')])\n"}});
  CHECK(meson.name == "booth");
  CHECK(meson.version == "0.9");
  CHECK(lines_of(meson.dependencies) == Lines{"threads", "zlib >=1.2"});
  CHECK(lines_of(meson.entry_points) == Lines{"binary booth: main.cpp"});

  const Project conan = only_project(
      {{"conanfile.py",
        "class Booth(ConanFile):\n    name = \"booth\"\n    version = \"2.0\"\n"
        "    requires = \"fmt/10.2.1\", \"zlib/[>=1.2]@user/channel\"\n"
        "    def build_requirements(self):\n        self.tool_requires(\"cmake/3.29.3\")\n"
        "        self.test_requires('gtest/1.14.0')\n"},
       {"conan.lock", R"({"version": "0.5", "requires": ["zlib/1.3.1#rev%17", "fmt/10.2.1#abc"],
         "build_requires": ["cmake/3.29.3#x"]})"}});
  CHECK(conan.name == "booth");
  CHECK(lines_of(conan.dependencies) == Lines{"cmake 3.29.3 = 3.29.3 [build]",
                                              "fmt 10.2.1 = 10.2.1", "gtest 1.14.0 [test]",
                                              "zlib [>=1.2] = 1.3.1"});

  const Project text =
      only_project({{"conanfile.txt",
                     "[requires]\npoco/1.13.3 # net\n[tool_requires]\nninja/1.12.0\n"
                     "[options]\npoco/*:shared=True\n"}});
  CHECK(lines_of(text.dependencies) == Lines{"ninja 1.12.0 [build]", "poco 1.13.3"});

  const Project vcpkg = only_project({{"vcpkg.json", R"({"name": "booth", "version-string": "7",
    "description": ["A", "booth"], "dependencies": ["fmt", {"name": "zlib", "version>=": "1.2.13"}],
    "features": {"net": {"description": "x", "dependencies": ["curl"]}},
    "overrides": [{"name": "fmt", "version": "10.2.1"}]})"}});
  CHECK(vcpkg.version == "7");
  CHECK(lines_of(vcpkg.dependencies) == Lines{"curl [net]", "fmt = 10.2.1", "zlib >=1.2.13"});
}

TEST_CASE("dotnet: project files, central versions, packages.config and the lock") {
  const Project project = only_project({{"App.csproj", R"(<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><Version>1.1.0</Version></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Serilog" Version="3.1.1" />
    <PackageReference Include="Polly"><Version>8.4.0</Version></PackageReference>
    <Compile Include="x.cs" />
  </ItemGroup>
</Project>)"},
                                        {"Program.cs", ""},
                                        {"Directory.Packages.props",
                                         "<Project><ItemGroup><PackageVersion Include=\"NUnit\" "
                                         "Version=\"4.1.0\"/></ItemGroup></Project>"},
                                        {"packages.config",
                                         "<packages><package id=\"Moq\" version=\"4.20.70\" />"
                                         "</packages>"},
                                        {"packages.lock.json", R"({"version": 1, "dependencies": {
  "net8.0": {"serilog": {"type": "Direct", "resolved": "3.1.1"},
             "System.Text.Json": {"type": "Transitive", "resolved": "8.0.3"}}}})"}});
  CHECK(project.name == "App");
  CHECK(project.version == "1.1.0");
  CHECK(lines_of(project.dependencies) == Lines{"Moq 4.20.70", "NUnit 4.1.0 [central]",
                                                "Polly 8.4.0", "Serilog 3.1.1 = 3.1.1",
                                                "+System.Text.Json = 8.0.3"});
  CHECK(lines_of(project.entry_points) == Lines{"binary App: App.csproj (Program.cs)"});
}

}  // namespace toolpost::project_index::test
