// SPDX-License-Identifier: Apache-2.0
#include "config/settings_place.hpp"

#include "workspace.hpp"

using namespace toolpost;
using config::place_in;
using config::PluginSettings;
using config::Workspace;

namespace {

PluginSettings settings_of(const Workspace& dir, const std::string& object) {
  std::string text = "{\n \"plugins\": {\"a.b\": {\"config\": ";
  text.append(object).append("\n}}}");
  const auto loaded = dir.load_text(text);
  REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : loaded.error().message()));
  PluginSettings settings = loaded->plugins.at("a.b").config;
  settings.file = std::string{"F"};
  return settings;
}

}  // namespace

TEST_CASE("settings place: values and names have their line and column in the file") {
  const Workspace dir;
  const auto settings = settings_of(dir, R"({"a": 1, // first
  "list": [10, {"x/y": 2, "t~": 3}], "\u0062": {"c": true}})");
  CHECK(place_in(settings, "") == "F:2:32");
  CHECK(place_in(settings, "/a") == "F:2:38");
  CHECK(place_in(settings, "", "a") == "F:2:33");
  CHECK(place_in(settings, "/list/0") == "F:3:12");
  CHECK(place_in(settings, "/list/1/x~1y") == "F:3:24");
  CHECK(place_in(settings, "/list/1", "t~") == "F:3:27");
  CHECK(place_in(settings, "/list/1/t~0") == "F:3:33");
  CHECK(place_in(settings, "/b/c") == "F:3:54");
}

TEST_CASE("settings place: columns count characters, not bytes") {
  const Workspace dir;
  const auto settings = settings_of(dir, "{\"\u00e9\": \"\u00e9\", \"z\": 1}");
  CHECK(place_in(settings, "/z") == "F:2:48");
}

TEST_CASE("settings place: what is not in the file has the place of what is around it") {
  const Workspace dir;
  const auto settings = settings_of(dir, R"({"list": [1], "o": {}})");
  CHECK(place_in(settings, "/none") == "F:2:32");
  CHECK(place_in(settings, "", "none") == "F:2:32");
  CHECK(place_in(settings, "/list/7") == "F:2:41");
  CHECK(place_in(settings, "/list/x") == "F:2:41");
  CHECK(place_in(settings, "/list/0/deeper") == "F:2:42");
  CHECK(place_in(settings, "/o", "none") == "F:2:51");
}

TEST_CASE("settings place: without a file there is none") {
  CHECK(place_in(PluginSettings{}, "/a").empty());
}
