// SPDX-License-Identifier: Apache-2.0
#include "settings.hpp"

#include "config_schema.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>

namespace toolpost::project_index {

namespace {

using test::TemporaryTree;

std::string refused(const sdk::Json& config, const std::string& directory) {
  const auto settings = read_settings(config, directory);
  return settings ? std::string() : settings.refusal().text;
}

}  // namespace

TEST_CASE("settings: without a configuration the working directory is the project") {
  const TemporaryTree tree;
  const auto settings = read_settings(sdk::Json::object(), tree.path());
  REQUIRE(settings.ok());
  CHECK(settings->project_root == tree.path());
  CHECK(settings->workspace_root == tree.path());
  CHECK(settings->roots == std::vector<std::string>{tree.path()});
}

TEST_CASE("settings: roots are resolved, and each is there once") {
  const TemporaryTree tree;
  const std::string project = tree.directory("work/app");
  std::filesystem::create_directory_symlink(tree.path("work"), tree.path("link"));
  const auto config =
      sdk::Json::object({{"project_root", project},
                         {"workspace_root", tree.path("link")},
                         {"roots", sdk::Json::array({tree.path("work"), project})}});
  const auto settings = read_settings(config, "/");
  REQUIRE(settings.ok());
  CHECK(settings->workspace_root == tree.path("work"));
  CHECK(settings->roots == std::vector<std::string>{project, tree.path("work")});
}

TEST_CASE("settings: a root that is no directory is refused by its key") {
  const TemporaryTree tree;
  tree.write("file", "");
  for (const char* key : {"project_root", "workspace_root"}) {
    CHECK(refused(sdk::Json::object({{key, "relative"}}), tree.path()).find(key) !=
          std::string::npos);
    CHECK(refused(sdk::Json::object({{key, tree.path("none")}}), tree.path()).find(key) !=
          std::string::npos);
    CHECK(refused(sdk::Json::object({{key, tree.path("file")}}), tree.path()).find(key) !=
          std::string::npos);
  }
  const auto roots = sdk::Json::object({{"roots", sdk::Json::array({"relative"})}});
  CHECK(refused(roots, tree.path()).find("'roots'") != std::string::npos);
}

TEST_CASE("settings: globs and paths that say something else than they seem to are refused") {
  const TemporaryTree tree;
  const auto negated = sdk::Json::object({{"allow_secret", sdk::Json::array({"!.env"})}});
  CHECK(refused(negated, tree.path()).find("allow_secret") != std::string::npos);
  const auto ctags = sdk::Json::object({{"ctags", "ctags"}});
  CHECK(refused(ctags, tree.path()).find("'ctags'") != std::string::npos);
}

TEST_CASE("settings: the defaults of the schema are those of the code") {
  const TemporaryTree tree;
  const auto settings = read_settings(sdk::Json::object(), tree.path());
  REQUIRE(settings.ok());
  const sdk::Json schema = sdk::Json::parse(kConfigSchema);
  const auto said = [&](const char* key) {
    return schema.at("properties").at(key).at("default").as_integer();
  };
  CHECK(said("max_files") == settings->rules.max_files);
  CHECK(said("max_bytes") == static_cast<std::int64_t>(settings->rules.max_bytes));
  CHECK(said("max_depth") == settings->rules.max_depth);
  CHECK(said("max_file_bytes") == static_cast<std::int64_t>(settings->rules.max_file_bytes));
  CHECK(std::chrono::seconds(said("max_walk_s")) == settings->rules.max_time);
  CHECK(said("threads") == settings->threads);
  CHECK(said("max_open_projects") == static_cast<std::int64_t>(settings->max_open_projects));
  CHECK(said("max_result_bytes") == static_cast<std::int64_t>(settings->max_result_bytes));
  CHECK(std::chrono::seconds(said("timeout_s")) == settings->timeout);
}

}  // namespace toolpost::project_index
