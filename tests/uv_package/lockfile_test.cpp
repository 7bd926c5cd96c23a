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
const std::string kWheel = wheel("https://packages.example/files/six.whl");

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

TEST_CASE("lockfile: whether the project itself is to be installed") {
  for (const bool installs : {true, false}) {
    const TemporaryDirectory project;
    const std::string kind = installs ? "editable" : "virtual";
    project.write("uv.lock", "[[package]]\nname = \"mine\"\nsource = { " + kind + " = \".\" }\n");
    CHECK(Lockfile::read(project.path())->installs_own_project() == installs);
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
  CHECK(contains(refusal_of(indexed(kRegistry, wheel("https://evil.example/six.whl"))),
                 "'evil.example'"));
  CHECK(
      contains(refusal_of(indexed(kRegistry, wheel("https://packages.example/six.whl", "md5:00"))),
               "without a SHA-256"));
  CHECK(contains(refusal_of(indexed(kRegistry, wheel("https://u:p@packages.example/six.whl"))),
                 "credentials"));
  CHECK(contains(refusal_of(indexed(kRegistry, wheel("file:///six.whl"))), "not an http"));
  CHECK(contains(refusal_of(indexed(kRegistry, "{ hash = \"sha256:0\" }")), "without a URL"));
  const std::string sdist =
      "version = 1\n[[package]]\nname = \"six\"\nversion = \"1\"\nsource = " + kRegistry +
      "\nsdist = " + wheel("https://evil.example/six.tar.gz") + "\n";
  CHECK(contains(refusal_of(sdist), "'evil.example'"));
}

TEST_CASE("lockfile: without known hosts any host of an http URL may serve the files") {
  const Origins any_host = {{"https://packages.example/simple"}, {}};
  CHECK(refusal_of(indexed(kRegistry, wheel("https://files.example/six.whl")), any_host).empty());
}
