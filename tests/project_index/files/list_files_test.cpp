// SPDX-License-Identifier: Apache-2.0
// What a walk brings back. That it lists what git lists is held by listing.py.
#include "files/list_files.hpp"

#include "../temporary_directory.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

using namespace toolpost::project_index;
using toolpost::project_index::test::TemporaryDirectory;

namespace {

RootDirectory open(const TemporaryDirectory& directory, const std::string& name = "") {
  auto root = RootDirectory::open(name.empty() ? directory.path() : directory.path(name));
  REQUIRE(root);
  return std::move(*root);
}

FileList list(const RootDirectory& root, const WalkRules& rules = {}, unsigned threads = 2) {
  auto found = list_files(root, rules, StopToken(), threads);
  REQUIRE(found);
  return std::move(*found);
}

std::string paths(const FileList& found) {
  std::string out;
  for (const ListedFile& file : found.files) out += (out.empty() ? "" : " ") + file.path;
  return out;
}

void make_repository(const TemporaryDirectory& directory, const std::string& name) {
  directory.make(name + "/.git/objects");
  directory.make(name + "/.git/refs");
  directory.write(name + "/.git/HEAD", "ref: refs/heads/main\n");
}

}  // namespace

TEST_CASE("list files: sorted by the bytes of the path, with stamps and directories") {
  const TemporaryDirectory directory;
  for (const char* name : {"a/b", "a.c", "a-b/c", "a/b.d/e", "B", "a0"})
    directory.write(name, "xyz");
  for (const unsigned threads : {1U, 2U, 4U}) {
    const FileList found = list(open(directory), {}, threads);
    CHECK(paths(found) == "B a-b/c a.c a/b a/b.d/e a0");
    CHECK(found.directories == std::vector<std::string>{"", "a", "a-b", "a/b.d"});
    CHECK(found.stopped_by.empty());
    CHECK(found.counts.files == 6);
    CHECK(found.counts.directories == 4);
    CHECK(found.counts.bytes == 18);
    const auto same = open(directory).open_file("a.c");
    CHECK(found.files[2].stamp == same->stamp());
  }
}

TEST_CASE("list files: by their names alone they are the same ones") {
  const TemporaryDirectory directory;
  for (const char* name : {"a/b", "a.c", "a-b/c", "B", ".env", "x.log"})
    directory.write(name, "xyz");
  directory.write(".gitignore", "*.log\n");
  REQUIRE(::symlink("a", directory.path("link").c_str()) == 0);
  WalkRules rules;
  rules.max_file_bytes = 2;
  rules.max_bytes = 1;
  const auto named = list_names(open(directory), rules, StopToken());
  REQUIRE(named);
  CHECK(paths(*named) == paths(list(open(directory))));
  CHECK(named->stopped_by.empty());
  CHECK(named->counts.files == 5);
  CHECK(named->counts.ignored == 1);
  CHECK(named->counts.secret == 1);
  CHECK(named->counts.special == 1);
  CHECK(named->files[0].stamp == FileStamp{});
  CHECK_FALSE(named->files[0].is_huge);
  rules.max_files = 2;
  CHECK(list_names(open(directory), rules, StopToken())->stopped_by ==
        "there are more than 2 files");
}

TEST_CASE("list files: everything that is left out is counted") {
  const TemporaryDirectory directory;
  directory.write(".gitignore", "*.o\nbuild/\n");
  directory.write("a.o");
  directory.write("build/b");
  directory.write("build/c");
  directory.write(".env");
  directory.write(".ssh/config");
  directory.write("huge", std::string(101, 'x'));
  directory.write("d1/d2/d3/deep");
  directory.link("huge", "link");
  ::mkfifo(directory.path("fifo").c_str(), 0600);
  WalkRules rules;
  rules.max_file_bytes = 100;
  rules.max_depth = 3;
  const FileList found = list(open(directory), rules);
  CHECK(paths(found) == ".gitignore huge");
  CHECK(found.files[1].is_huge);
  CHECK(found.counts.ignored == 2);
  CHECK(found.counts.secret == 2);
  CHECK(found.counts.special == 2);
  CHECK(found.counts.huge == 1);
  CHECK(found.counts.too_deep == 1);
  CHECK(found.counts.bytes == 11 + 0);
  CHECK(found.counts.unreadable == 0);
  CHECK(found.stopped_by.empty());
}

TEST_CASE("list files: .toolpostignore stands above .gitignore") {
  const TemporaryDirectory directory;
  directory.write(".gitignore", "*.log\n");
  directory.write("sub/.gitignore", "x\n");
  directory.write(".toolpostignore", "!keep.log\nx.txt\n");
  for (const char* name : {"keep.log", "b.log", "x.txt", "sub/x", "sub/keep.log", "sub/x.txt"}) {
    directory.write(name);
  }
  CHECK(paths(list(open(directory))) ==
        ".gitignore .toolpostignore keep.log sub/.gitignore sub/keep.log");
  WalkRules without;
  without.use_git_excludes = false;
  CHECK(paths(list(open(directory), without)) ==
        ".gitignore .toolpostignore b.log keep.log sub/.gitignore sub/keep.log sub/x");
}

TEST_CASE("list files: a repository inside the root's own is left out, one in a workspace is not") {
  const TemporaryDirectory directory;
  directory.write("one/a");
  directory.write("one/.gitignore", "b\n");
  directory.write("one/b");
  make_repository(directory, "one");
  directory.write("one/inner/c");
  make_repository(directory, "one/inner");
  directory.write(".gitignore", "a\n");
  // The workspace is no repository: the rules of one end where the other begins.
  CHECK(paths(list(open(directory))) == ".gitignore one/.gitignore one/a");
  CHECK(list(open(directory)).counts.repositories == 1);
  CHECK(paths(list(open(directory, "one/inner"))) == "c");
  make_repository(directory, ".");
  CHECK(paths(list(open(directory))) == ".gitignore");
}

TEST_CASE("list files: a root that its repository ignores is shown to who chose it") {
  const TemporaryDirectory directory;
  make_repository(directory, ".");
  directory.write(".gitignore", "build/\n*.x\n");
  directory.write("build/sample/a.x");
  directory.write("src/sample/a.x");
  directory.write("src/sample/b");
  CHECK(paths(list(open(directory, "build/sample"))) == "a.x");
  CHECK(paths(list(open(directory, "src/sample"))) == "b");
}

TEST_CASE("list files: asked about one path it says what the walk says") {
  const TemporaryDirectory directory;
  directory.write(".gitignore", "*.o\nbuild/\n!build/kept\n");
  for (const char* name : {"a.c", "a.o", "build/kept", "sub/b.c", "sub/.env"})
    directory.write(name);
  directory.link("a.c", "link");
  const RootDirectory root = open(directory);
  const auto lists = [&](const std::string& path) {
    const auto file = list_file(root, {}, path);
    REQUIRE(file);
    return file->has_value();
  };
  for (const char* path : {"a.c", ".gitignore", "sub/b.c"}) CHECK(lists(path));
  for (const char* path : {"a.o", "build/kept", "sub/.env", "link", "gone", "sub", "a.c/x", "../x",
                           "sub/../a.c", "/etc/passwd", "", ".git/config"}) {
    CAPTURE(path);
    CHECK_FALSE(lists(path));
  }
  CHECK(*lists_directory(root, {}, ""));
  CHECK(*lists_directory(root, {}, "sub"));
  CHECK_FALSE(*lists_directory(root, {}, "build"));
  CHECK_FALSE(*lists_directory(root, {}, "gone"));
}

TEST_CASE("list files: a wrong rule for secrets is refused") {
  const TemporaryDirectory directory;
  WalkRules rules;
  rules.allow_secret = {"!x"};
  const auto found = list_files(open(directory), rules, StopToken());
  REQUIRE_FALSE(found);
  CHECK(found.refusal().text.find("'!x'") != std::string::npos);
}
