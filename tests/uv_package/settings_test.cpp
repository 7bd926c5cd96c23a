// SPDX-License-Identifier: Apache-2.0
// The configuration: what it becomes, and what a schema alone could not refuse.
#include "settings.hpp"

#include "config_schema.hpp"
#include "temporary_directory.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <string>
#include <utility>

namespace {

using namespace toolpost::uv_package;
using test::TemporaryDirectory;
using toolpost::sdk::Json;

std::string refusal_of(const std::string& config) {
  const TemporaryDirectory here;
  const auto settings = read_settings(Json::parse(config), here.path());
  return settings ? "" : settings.refusal().text;
}

}  // namespace

TEST_CASE("settings: the schema is JSON and knows every key that is read") {
  const Json schema = Json::parse(kConfigSchema);
  CHECK_FALSE(schema["additionalProperties"].as_bool());
  for (const char* key :
       {"uv", "project_root", "roots", "index_url", "extra_index_urls", "project_index_urls",
        "file_hosts", "proxy", "no_proxy", "ca_file", "cache_dir", "environment", "python",
        "build_project", "timeout_s", "lock_wait_s", "circuit_failures", "circuit_open_ms",
        "max_output_bytes"}) {
    CAPTURE(key);
    CHECK(schema["properties"].find(key) != nullptr);
  }
  CHECK(schema["properties"]["timeout_s"]["default"].as_integer() == kDefaultTimeoutSeconds);
  CHECK(schema["properties"]["max_output_bytes"]["default"].as_integer() == kDefaultOutputBytes);
  const CircuitLimits limits;
  CHECK(schema["properties"]["circuit_failures"]["default"].as_integer() == limits.failures);
  CHECK(schema["properties"]["circuit_open_ms"]["default"].as_integer() == limits.open.count());
}

TEST_CASE("settings: without a configuration") {
  const TemporaryDirectory here;
  const auto settings = read_settings(Json::object(), here.path());
  REQUIRE(settings.ok());
  CHECK(settings->roots == std::vector<std::string>{here.path()});
  CHECK(settings->environment == ".venv");
  CHECK(settings->build_project);
  CHECK(lock_origins(*settings, "https://default.example/simple").indexes ==
        std::vector<std::string>{"https://default.example/simple"});
  CHECK(lock_origins(*settings, "https://default.example/simple").file_hosts.empty());
}

TEST_CASE("settings: a configured index replaces the default one and names its hosts") {
  const TemporaryDirectory here;
  const auto settings = read_settings(Json::parse(R"({"index_url": "https://main.example/simple/",
                      "extra_index_urls": ["https://extra.example:8443/simple"],
                      "file_hosts": ["FILES.example"]})"),
                                      here.path());
  REQUIRE(settings.ok());
  const Origins origins = lock_origins(*settings, "https://default.example/simple");
  CHECK(origins.indexes == std::vector<std::string>{"https://extra.example:8443/simple",
                                                    "https://main.example/simple"});
  CHECK(origins.file_hosts ==
        std::vector<std::string>{"files.example", "extra.example:8443", "main.example"});
}

TEST_CASE("settings: roots are resolved and the project comes first") {
  const TemporaryDirectory base;
  base.write("a/x", "");
  base.write("b/x", "");
  std::filesystem::create_directory_symlink("a", base.path() + "/link");
  const auto settings = read_settings(
      Json::object({{"project_root", base.path() + "/link"},
                    {"roots", Json::array({base.path() + "/b", base.path() + "/a"})}}),
      "/");
  REQUIRE(settings.ok());
  CHECK(settings->roots == std::vector<std::string>{base.path() + "/a", base.path() + "/b"});
}

TEST_CASE("settings: refusals name the key") {
  const std::array<std::pair<const char*, const char*>, 12> rows = {{
      {R"({"index_url": "https://u:p@packages.example/simple"})", "'index_url' has credentials"},
      {R"({"extra_index_urls": ["https://token@x.example"]})", "'extra_index_urls' has cred"},
      {R"({"project_index_urls": ["ftp://x.example"]})", "'project_index_urls' is not an http"},
      {R"({"proxy": "http://u:p@proxy.example:3128"})", "'proxy' has credentials"},
      {R"({"index_url": "https://packages.example/a b"})", "'index_url' contains a character"},
      {R"({"uv": "uv"})", "'uv' must be an absolute path"},
      {R"({"python": "python3"})", "'python' must be an absolute path"},
      {R"({"ca_file": "ca.pem"})", "'ca_file' must be an absolute path"},
      {R"({"environment": "../x"})", "'environment' must not contain"},
      {R"({"environment": "."})", "'environment' must name"},
      {R"({"project_root": "relative"})", "'project_root' must be an absolute path"},
      {R"({"roots": ["/nonexistent-root"]})", "'roots' /nonexistent-root"},
  }};
  for (const auto& row : rows) {
    CAPTURE(row.first);
    const std::string refusal = refusal_of(row.first);
    CAPTURE(refusal);
    CHECK(refusal.find(row.second) != std::string::npos);
  }
}
