// SPDX-License-Identifier: Apache-2.0
// What is judged: read from uv.lock and from what "uv pip compile" writes, with the way to each
// package.
#include "compiled_requirements.hpp"
#include "lockfile.hpp"
#include "temporary_directory.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace toolpost::uv_package;
using test::TemporaryDirectory;

const std::string kHash(64, 'a');

std::string package(const std::string& head, const std::string& notes) {
  return head + " \\\n    --hash=sha256:" + kHash + "\n" + notes +
         "    # from https://packages.example/simple/\n";
}

std::string refusal_of(const std::string& compiled) {
  const auto set = parse_compiled(compiled);
  return set ? "" : set.refusal().text;
}

Checked<ResolvedSet> resolved(const std::string& lock) {
  const TemporaryDirectory project;
  project.write("uv.lock", lock);
  const auto lockfile = Lockfile::read(project.path());
  REQUIRE(lockfile.ok());
  return lockfile->resolved();
}

std::string locked(const std::string& name, const std::string& more = "") {
  return "[[package]]\nname = \"" + name +
         "\"\nversion = \"1.0\"\nsource = { registry = \"https://packages.example/simple\" }\n" +
         more;
}

const ResolvedPackage& named(const ResolvedSet& set, const std::string& name) {
  for (const ResolvedPackage& item : set.packages) {
    if (item.name == name) return item;
  }
  FAIL("no package " << name);
  return set.packages.front();
}

}  // namespace

TEST_CASE("compiled: names, versions, extras, hashes, indexes and reasons") {
  const auto set = parse_compiled(
      package("Alpha[Fast,slow]==1.1", "    # via -r /tmp/install.in\n") +
      package("beta==2.0", "    # via\n    #   -r /tmp/install.in\n    #   alpha\n") +
      package("gamma==1.0+cpu", "    # via alpha\n"));
  REQUIRE(set.ok());
  REQUIRE(set->packages.size() == 3);
  const ResolvedPackage& alpha = set->packages[0];
  CHECK(alpha.name == "alpha");
  CHECK(alpha.version == "1.1");
  CHECK(alpha.extras == std::set<std::string>{"fast", "slow"});
  CHECK(alpha.source == "https://packages.example/simple/");
  CHECK(alpha.hashes == std::vector<std::string>{"sha256:" + kHash});
  CHECK(alpha.needed_by.empty());
  CHECK(set->packages[1].needed_by == std::set<std::string>{"alpha"});
  CHECK(set->path_to(2) == "alpha -> gamma");
  CHECK(pinned_text(*set) == "alpha==1.1 \\\n    --hash=sha256:" + kHash +
                                 "\nbeta==2.0 \\\n    --hash=sha256:" + kHash +
                                 "\ngamma==1.0+cpu \\\n    --hash=sha256:" + kHash + "\n");
}

TEST_CASE("compiled: directories are local packages and are not pinned") {
  const auto set = parse_compiled("-e file:///srv/lib\n    # via -r x\n../other\n    # via lib\n");
  REQUIRE(set.ok());
  REQUIRE(set->packages.size() == 2);
  CHECK(set->packages[0].is_local);
  CHECK(set->packages[0].name == "-e file:///srv/lib");
  CHECK(set->packages[1].name == "../other");
  CHECK(pinned_text(*set).empty());
}

TEST_CASE("compiled: what is not known is refused") {
  for (const std::string& line :
       {std::string("alpha"), std::string("alpha>=1"), std::string("alpha==1.*"),
        std::string("alpha==1,==2"), std::string("alpha==1 ; python_version > '3'"),
        std::string("alpha @ https://evil.example/x.whl"), std::string("--index-url https://x"),
        std::string("git+https://evil.example/x"), std::string("# a comment"),
        std::string("    # via alpha"), std::string("    --hash=sha256:") + kHash}) {
    CAPTURE(line);
    CHECK(refusal_of(line + "\n").find("can't be read") != std::string::npos);
  }
  for (const char* line : {"    something", "    # unknown", "    # from https://twice.example/",
                           "    # via ../x", "    #   a/b"}) {
    CAPTURE(line);
    CHECK(refusal_of(package("alpha==1.0", "") + line + "\n").find("can't be read") !=
          std::string::npos);
  }
}

TEST_CASE("compiled: a package without a strong hash or an index is refused") {
  const std::string from = "    # from https://packages.example/\n";
  for (const std::string& hash :
       {std::string(), "    --hash=md5:" + std::string(32, 'a') + "\n",
        "    --hash=sha1:" + std::string(40, 'a') + "\n",
        "    --hash=sha256:" + std::string(63, 'a') + "\n",
        "    --hash=sha256:" + std::string(63, 'a') + "G\n", std::string("    --hash=sha256\n")}) {
    CAPTURE(hash);
    const std::string text = std::string("alpha==1.0\n").append(hash).append(from);
    CHECK(refusal_of(text).find("no SHA-256") != std::string::npos);
  }
  CHECK(refusal_of("alpha==1.0\n    --hash=sha512:" + std::string(128, '0') + "\n" + from).empty());
  CHECK(refusal_of("alpha==1.0\n    --hash=sha256:" + kHash + "\n").find("which index") !=
        std::string::npos);
}

TEST_CASE("lock: every package, its extras and what needs it") {
  const auto set = resolved(
      "[[package]]\nname = \"app\"\nversion = \"0.1\"\nsource = { editable = \".\" }\n"
      "dependencies = [{ name = \"alpha\", extra = [\"Fast\"] }]\n"
      "[package.dev-dependencies]\ndev = [{ name = \"gamma\" }]\n" +
      locked("alpha",
             "dependencies = [{ name = \"beta\" }]\n[package.optional-dependencies]\n"
             "fast = [{ name = \"evil\" }]\n") +
      locked("beta") + locked("evil") + locked("gamma"));
  REQUIRE(set.ok());
  REQUIRE(set->packages.size() == 5);
  CHECK(set->packages[0].is_local);
  CHECK(named(*set, "alpha").extras == std::set<std::string>{"fast"});
  CHECK(named(*set, "alpha").source == "https://packages.example/simple");
  CHECK(set->path_to(1) == "app -> alpha");
  CHECK(set->path_to(3) == "app -> alpha -> evil");
  CHECK(set->path_to(4) == "app -> gamma");
}

TEST_CASE("lock: a circle of packages has a way, too") {
  const auto set = resolved(locked("a", "dependencies = [{ name = \"b\" }]\n") +
                            locked("b", "dependencies = [{ name = \"a\" }]\n"));
  REQUIRE(set.ok());
  CHECK(set->path_to(1) == "a -> b");
}

TEST_CASE("lock: what can't be judged is refused") {
  for (const std::string& text :
       {std::string("[[package]]\nversion = \"1\"\n"), std::string("[[package]]\nname = \"a b\"\n"),
        std::string("[[package]]\nname = \"é\"\nversion = \"1\"\n"),
        std::string("[[package]]\nname = \"a\"\nversion = \"x\"\nsource = { registry = \"r\" }\n"),
        std::string("[[package]]\nname = \"a\"\nsource = { registry = \"r\" }\n"),
        locked("a", "dependencies = [{ name = \"gone\" }]\n"),
        locked("a", "dependencies = [\"a\"]\n"), locked("a", "dependencies = \"b\"\n"),
        locked("a", "optional-dependencies = [1]\n"),
        locked("a", "[package.dev-dependencies]\ndev = 1\n")}) {
    CAPTURE(text);
    CHECK_FALSE(resolved(text).ok());
  }
}
