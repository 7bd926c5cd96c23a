// SPDX-License-Identifier: Apache-2.0
// Where a plugin looks for toolpost-launch.
#include "launcher_path.hpp"

#include "scratch_directory.hpp"

#include <toolpost/error.hpp>

#include <doctest/doctest.h>

#include <string>
#include <sys/stat.h>

namespace toolpost::sdk::test {
namespace {

namespace fs = std::filesystem;

class Tree {
 public:
  fs::path root() const { return scratch_.path(); }

  std::string put_launcher(const std::string& directory) const {
    fs::create_directories(root() / directory);
    return scratch_.script(directory + "/toolpost-launch", "");
  }

  std::string find(const std::string& plugin, const std::string& program) const {
    return detail::find_launcher(root() / plugin, root() / program);
  }

 private:
  ScratchDirectory scratch_;
};

}  // namespace

TEST_CASE("launcher path: a build tree, an installation, and a plugin somewhere else") {
  const Tree tree;
  SUBCASE("build tree") {
    const std::string expected = tree.put_launcher("build");
    CHECK(tree.find("build/plugins/x.so", "elsewhere/program") == expected);
  }
  SUBCASE("installation") {
    const std::string expected = tree.put_launcher("usr/libexec/toolpost");
    CHECK(tree.find("usr/lib/toolpost/plugins/x.so", "elsewhere/program") == expected);
    CHECK(tree.find("usr/lib/x86_64/toolpost/plugins/x.so", "elsewhere/program") == expected);
    CHECK(tree.find("home/plugins/x.so", "usr/bin/toolpost") == expected);
  }
  SUBCASE("beside the program of a build tree") {
    const std::string expected = tree.put_launcher("build");
    CHECK(tree.find("home/plugins/x.so", "build/toolpost") == expected);
  }
}

TEST_CASE("launcher path: none, and one that others may change") {
  const Tree tree;
  CHECK_THROWS_AS(tree.find("a/plugins/x.so", "b/program"), Error);
  const std::string launcher = tree.put_launcher("a");
  REQUIRE(chmod(launcher.c_str(), 0775) == 0);
  const std::string message =
      launcher +
      " may be changed by other users; it must belong to root or to this user, and 'chmod go-w' "
      "must have been applied to it";
  CHECK_THROWS_WITH_AS(tree.find("a/plugins/x.so", "b/program"), message.c_str(), Error);
}

}  // namespace toolpost::sdk::test
