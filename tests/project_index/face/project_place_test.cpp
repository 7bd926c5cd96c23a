// SPDX-License-Identifier: Apache-2.0
#include "projects/project_place.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>

namespace toolpost::project_index {

namespace {

using test::TemporaryTree;

// A workspace with a project in it that is the configured one, and one beside it.
struct Place {
  Place() {
    settings.project_root = tree.directory("work/app");
    settings.workspace_root = tree.path("work");
    settings.roots = {settings.project_root, settings.workspace_root};
    tree.directory("work/app/sub");
    tree.directory("work/other");
    tree.directory("outside");
    tree.write("work/app/file", "");
    std::filesystem::create_directory_symlink(tree.path("outside"), tree.path("work/app/link"));
  }

  std::string found(const std::string& argument) const {
    const auto path = find_project(settings, argument);
    return path ? *path : "refused: " + path.refusal().text;
  }

  TemporaryTree tree;
  Settings settings;
};

}  // namespace

TEST_CASE("project: none is the configured one, a relative path is below it") {
  const Place place;
  CHECK(place.found("") == place.settings.project_root);
  CHECK(place.found(".") == place.settings.project_root);
  CHECK(place.found("sub") == place.tree.path("work/app/sub"));
  CHECK(place.found("sub/") == place.tree.path("work/app/sub"));
}

TEST_CASE("project: an absolute path is below any root") {
  const Place place;
  CHECK(place.found(place.tree.path("work/other")) == place.tree.path("work/other"));
  CHECK(place.found(place.tree.path("work")) == place.tree.path("work"));
  CHECK(place.found(place.tree.path("work/app/sub")) == place.tree.path("work/app/sub"));
}

TEST_CASE("project: nothing leads out of the roots") {
  const Place place;
  const std::string work = place.tree.path("work");
  for (const std::string& argument :
       {std::string(".."), std::string("../other"), std::string("sub/../.."), std::string("link"),
        std::string("file"), std::string("none"), std::string("/etc"), std::string("/"),
        place.tree.path("outside"), work + "/../outside", work + "/app/link", work + "side",
        std::string("a\0b", 3), std::string(5000, 'a'), std::string("sub\\..")}) {
    CHECK_MESSAGE(place.found(argument).find("refused: project: ") == 0, argument);
  }
}

TEST_CASE("project: the workspace bounds what is discovered") {
  const Place place;
  const auto found = [&](const char* argument) {
    return find_in_workspace(place.settings, argument);
  };
  CHECK(*found("") == place.tree.path("work"));
  CHECK(*found("other") == place.tree.path("work/other"));
  CHECK_FALSE(found("../outside").ok());
  CHECK_FALSE(found("/").ok());
}

}  // namespace toolpost::project_index
