// SPDX-License-Identifier: Apache-2.0
// uv.lock: what it holds, and which of its sources are refused.
#include "lockfile.hpp"

#include "temporary_directory.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using toolpost::uv_package::Checked;
using toolpost::uv_package::Lockfile;
using toolpost::uv_package::Origins;
using toolpost::uv_package::PackageSet;
using toolpost::uv_package::Passed;
using toolpost::uv_package::test::TemporaryDirectory;

const Origins kOrigins = {{"https://packages.example/simple"}, {"packages.example"}};

std::string indexed(const std::string& source, const std::string& wheel) {
  return "version = 1\n[[package]]\nname = \"Six\"\nversion = \"1.16\"\nsource = " + source +
         "\nwheels = [" + wheel + "]\n";
}

std::string wheel(const std::string& url, const std::string& hash = "sha256:00") {
  return "{ url = \"" + url + "\", hash = \"" + hash + "\" }";
}

// The refusal, or an empty text.
std::string refusal_of(const std::string& content, const Origins& origins = kOrigins) {
  const TemporaryDirectory project;
  project.write("uv.lock", content);
  const auto lockfile = Lockfile::read(project.path());
  if (!lockfile) return lockfile.refusal().text;
  const Checked<Passed> checked = lockfile->check(
      origins, [](const std::string& path) { return path == "." || path == "lib"; });
  return checked ? "" : checked.refusal().text;
}

const std::string kRegistry = "{ registry = \"https://packages.example/simple\" }";
const std::string kWheel = wheel("https://packages.example/files/six-1.16-py3-none-any.whl");

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("lockfile: packages by normalised name") {
  const TemporaryDirectory project;
  project.write("uv.lock", indexed(kRegistry, kWheel) +
                               "[[package]]\nname = \"mine\"\nsource = { editable = \".\" }\n");
  const auto lockfile = Lockfile::read(project.path());
  REQUIRE(lockfile.ok());
  CHECK(lockfile->exists());
  CHECK(lockfile->packages() == PackageSet{{"six", {"1.16"}}, {"mine", {"dynamic"}}});
}

TEST_CASE("lockfile: whether a local directory is to be built") {
  for (const char* kind : {"editable", "directory", "virtual"}) {
    const TemporaryDirectory project;
    project.write("uv.lock",
                  std::string("[[package]]\nname = \"mine\"\nsource = { ") + kind + " = \".\" }\n");
    CHECK(Lockfile::read(project.path())->has_local_builds() == (kind != std::string("virtual")));
  }
}

TEST_CASE("lockfile: none is an empty one") {
  const TemporaryDirectory project;
  const auto lockfile = Lockfile::read(project.path());
  REQUIRE(lockfile.ok());
  CHECK_FALSE(lockfile->exists());
  CHECK(lockfile->packages().empty());
}

TEST_CASE("lockfile: broken TOML is an error with its place") {
  CHECK(contains(refusal_of("version = \n"), "uv.lock:1:"));
}

TEST_CASE("lockfile: nesting without end is an error") {
  CHECK_FALSE(refusal_of("x = " + std::string(1000, '[')).empty());
}

TEST_CASE("lockfile: packages of a configured index pass, with or without a final slash") {
  CHECK(refusal_of(indexed(kRegistry, kWheel)).empty());
  CHECK(refusal_of(indexed("{ registry = \"https://PACKAGES.example/simple/\" }", kWheel)).empty());
}

TEST_CASE("lockfile: another index is refused by name") {
  const std::string text =
      refusal_of(indexed("{ registry = \"https://u:p@evil.example/simple\" }", kWheel));
  CHECK(contains(text, "'six'"));
  CHECK(contains(text, "https://***@evil.example/simple"));
}

TEST_CASE("lockfile: repositories, URLs, files and missing sources are refused") {
  for (const char* source :
       {"{ git = \"https://packages.example/x?rev=1\" }",
        "{ url = \"https://packages.example/x.whl\" }", "{ path = \"x.whl\" }", "{}"}) {
    CAPTURE(source);
    CHECK(contains(refusal_of(indexed(source, kWheel)), "does not come from an index"));
  }
}

TEST_CASE("lockfile: local directories are the caller's to judge") {
  for (const char* kind : {"virtual", "editable", "directory"}) {
    CAPTURE(kind);
    CHECK(refusal_of(indexed(std::string("{ ") + kind + " = \"lib\" }", "")).empty());
    CHECK(contains(refusal_of(indexed(std::string("{ ") + kind + " = \"../x\" }", "")),
                   "outside the configured roots"));
  }
}

TEST_CASE("lockfile: files on a foreign host, without a digest or with credentials are refused") {
  CHECK(contains(
      refusal_of(indexed(kRegistry, wheel("https://evil.example/six-1.16-py3-none-any.whl"))),
      "'evil.example'"));
  CHECK(contains(
      refusal_of(indexed(kRegistry,
                         wheel("https://packages.example/six-1.16-py3-none-any.whl", "md5:00"))),
      "without a SHA-256"));
  CHECK(contains(refusal_of(indexed(
                     kRegistry, wheel("https://u:p@packages.example/six-1.16-py3-none-any.whl"))),
                 "credentials"));
  CHECK(contains(refusal_of(indexed(kRegistry, wheel("file:///six-1.16-py3-none-any.whl"))),
                 "not an http"));
  CHECK(contains(refusal_of(indexed(kRegistry, "{ hash = \"sha256:0\" }")), "without a URL"));
  const std::string sdist =
      "version = 1\n[[package]]\nname = \"six\"\nversion = \"1\"\nsource = " + kRegistry +
      "\nsdist = " + wheel("https://evil.example/six.tar.gz") + "\n";
  CHECK(contains(refusal_of(sdist), "'evil.example'"));
}

TEST_CASE("lockfile: without known hosts any host of an http URL may serve the files") {
  const Origins any_host = {{"https://packages.example/simple"}, {}};
  CHECK(refusal_of(indexed(kRegistry, wheel("https://files.example/six-1.16-py3-none-any.whl")),
                   any_host)
            .empty());
}

TEST_CASE("lockfile: a wheel is named after its package and version") {
  for (const char* name : {"six-1.16-py3-none-any.whl", "Six-1.16.0-1-py3-none-any.whl?x#y",
                           "s-1/SIX-1.16-p-n-a.whl"}) {
    CAPTURE(name);
    CHECK(refusal_of(indexed(kRegistry, wheel("https://packages.example/" + std::string(name))))
              .empty());
  }
  for (const char* name : {"evil-1.16-py3-none-any.whl", "six-1.17-py3-none-any.whl", "six.whl",
                           "six-1.16.whl", "six-x-py3-none-any.whl", "six-1.16-py3/evil-1.16-x.whl",
                           "evil-1.16-x.whl?/six-1.16-py3-none-any.whl",
                           "evil-1.16-x.whl#/six-1.16-py3-none-any.whl", "%73ix-1.16-p-n-a.whl"}) {
    CAPTURE(name);
    CHECK(contains(
        refusal_of(indexed(kRegistry, wheel("https://packages.example/" + std::string(name)))),
        "named after something else"));
  }
}

TEST_CASE("lockfile: a version may hold what a URL escapes") {
  const std::string text =
      "[[package]]\nname = \"torch\"\nversion = \"1!2.0+cpu.1\"\nsource = " + kRegistry +
      "\nwheels = [" + wheel("https://packages.example/torch-1%212.0%2Bcpu_1-py3-none-any.whl") +
      "]\n";
  CHECK(refusal_of(text).empty());
}

TEST_CASE(
    "lockfile: before a resolution packages of another index pass, everything else is checked") {
  const auto refusal_before = [](const std::string& content) -> std::string {
    const TemporaryDirectory project;
    project.write("uv.lock", content);
    const auto checked =
        Lockfile::read(project.path())->check_before(kOrigins, [](const std::string&) {
          return false;
        });
    return checked ? "" : checked.refusal().text;
  };
  CHECK(refusal_before(indexed("{ registry = \"https://other.example/simple\" }",
                               wheel("https://other.example/six-1.16-py3-none-any.whl")))
            .empty());
  CHECK(contains(refusal_before(indexed(kRegistry, wheel("https://evil.example/six.whl"))),
                 "'evil.example'"));
  for (const char* source :
       {"{ url = \"https://evil.example/x.whl\" }", "{ registry = \"../x\" }",
        "{ registry = \"file:///x\" }", "{ git = \"https://evil.example/x\" }"}) {
    CAPTURE(source);
    CHECK_FALSE(refusal_before(indexed(source, kWheel)).empty());
  }
  CHECK(contains(refusal_before(indexed("{ directory = \"../x\" }", "")), "outside"));
}

TEST_CASE("lockfile: packages that are no tables are an error") {
  for (const char* text :
       {"package = 1\n", "package = [1]\n", "package = \"x\"\n", "[package]\n"}) {
    CAPTURE(text);
    CHECK(contains(refusal_of(text), "not a list of tables"));
  }
}
