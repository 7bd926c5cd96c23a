// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include "workspace.hpp"

#include <pwd.h>
#include <sys/stat.h>

using namespace toolpost;
using namespace toolpost::config;

namespace {

std::string error_of(const Result<Config>& result) {
  return result ? "" : result.error().message();
}

}  // namespace

TEST_CASE("config: without any source the defaults work") {
  const Workspace dir;
  const auto loaded = load(dir.sources());
  REQUIRE(loaded.has_value());
  CHECK(loaded->http.host == "127.0.0.1");
  CHECK(loaded->http.port == 8000);
  CHECK(loaded->file.empty());
  CHECK(loaded->project_root == dir.path("work"));
  CHECK(loaded->origins.empty());
  for (const char* bundled :
       {"io.toolpost.project-index", "io.toolpost.uv-package", "io.toolpost.user-admin"}) {
    CHECK_MESSAGE(loaded->plugins.at(bundled).enabled, bundled);
  }
}

TEST_CASE("config: bundled plugins stay enabled unless the file says otherwise") {
  const Workspace dir;
  const auto configured = dir.load_text(
      R"({"plugins": {"io.toolpost.uv-package": {"prefix": "py_"}, "com.example.a": {}}})");
  REQUIRE(configured.has_value());
  CHECK(configured->plugins.at("io.toolpost.uv-package").enabled);
  CHECK(configured->plugins.at("io.toolpost.uv-package").prefix == "py_");
  CHECK_FALSE(configured->plugins.at("com.example.a").enabled);
  const auto disabled =
      dir.load_text(R"({"plugins": {"io.toolpost.uv-package": {"enabled": false}}})");
  REQUIRE(disabled.has_value());
  CHECK_FALSE(disabled->plugins.at("io.toolpost.uv-package").enabled);
}

TEST_CASE("config: a variable that holds a list separates its elements by commas") {
  const Workspace dir;
  auto sources = dir.sources(
      {{"MCP_ALLOWED_PACKAGES", "requests, pytest ,\tacme-.*"}, {"MCP_BLOCKED_PACKAGES", "evil"}});
  sources.file = dir.write("toolpost.json", R"({"policy": {"allowed_packages": ["x"],
      "blocked_packages": ["y"], "packages_file": "rules.json"}})");
  const auto loaded = load(sources);
  REQUIRE_MESSAGE(loaded.has_value(), error_of(loaded));
  CHECK(loaded->policy.allowed_packages ==
        std::vector<std::string>{"requests", "pytest", "acme-.*"});
  CHECK(loaded->policy.blocked_packages == std::vector<std::string>{"evil"});
  CHECK(loaded->policy.packages_file == dir.path("rules.json"));
  CHECK(loaded->origins.at("policy.allowed_packages") == "MCP_ALLOWED_PACKAGES");
}

TEST_CASE("config: a comma too many in a list is an error that says where") {
  const Workspace dir;

  struct Row {
    std::string value;
    std::string problem;
  };

  for (const Row& row : std::vector<Row>{
           {"requests,", "element 2 is empty; remove the comma too many"},
           {",requests", "element 1 is empty; remove the comma too many"},
           {"a, ,b", "element 2 is empty; remove the comma too many"},
           {" ", "element 1 is empty; remove the comma too many"},
           {"", "is empty; give a value for policy.allowed_packages or leave it out"}}) {
    CAPTURE(row.value);
    CHECK(error_of(load(dir.sources({{"MCP_ALLOWED_PACKAGES", row.value}}))) ==
          "MCP_ALLOWED_PACKAGES: " + row.problem);
  }
}

TEST_CASE("config: file, environment and flags override in this order") {
  const Workspace dir;
  const std::string text = R"({"http": {"host": "::1", "port": 1, "path": "/a"}})";
  auto sources = dir.sources({{"MCP_PORT", "2"}, {"MCP_HOST", "localhost"}});
  sources.file = dir.write("toolpost.json", text);
  sources.flags = {{"http.port", "3", "--port"}};
  const auto loaded = load(sources);
  REQUIRE(loaded.has_value());
  CHECK(loaded->http.path == "/a");
  CHECK(loaded->http.host == "localhost");
  CHECK(loaded->http.port == 3);
  CHECK(loaded->file == dir.path("toolpost.json"));
  CHECK(loaded->origins.at("http.path") == dir.path("toolpost.json") + ":1:45");
  CHECK(loaded->origins.at("http.host") == "MCP_HOST");
  CHECK(loaded->origins.at("http.port") == "--port");
}

TEST_CASE("config: the variables of the guide and the origin are read") {
  const Workspace dir;
  const auto loaded = load(dir.sources({{"MCP_LOG_LEVEL", "debug"},
                                        {"MCP_LOG_FORMAT", "text"},
                                        {"MCP_PROJECT_ROOT", "~/app"},
                                        {"MCP_WORKSPACE_ROOT", "../all"}}));
  REQUIRE(loaded.has_value());
  CHECK(loaded->log.level == LogLevel::kDebug);
  CHECK(loaded->log.format == LogFormat::kText);
  CHECK(loaded->project_root == dir.path("home/app"));
  CHECK(loaded->workspace_root == dir.path("all"));
  CHECK(load(dir.sources({{"MCP_LOG_LEVEL", "WARNING"}}))->log.level == LogLevel::kWarn);
  CHECK(load(dir.sources({{"MCP_LOG_LEVEL", "CRITICAL"}}))->log.level == LogLevel::kFatal);
}

TEST_CASE("config: replicas of one file get their labels from the environment") {
  const Workspace dir;
  CHECK(load(dir.sources({{"TOOLPOST_REPLICA", "toolpost-0"}}))->replica == "toolpost-0");
  CHECK(error_of(load(dir.sources({{"TOOLPOST_REPLICA", "A.b"}})))
            .starts_with("TOOLPOST_REPLICA: expected "));
}

TEST_CASE("config: a variable that is empty or wrong is refused by its name") {
  const Workspace dir;
  for (const char* name :
       {"MCP_HOST", "MCP_PORT", "MCP_PROJECT_ROOT", "MCP_WORKSPACE_ROOT", "MCP_LOG_LEVEL",
        "MCP_LOG_FORMAT", "TOOLPOST_CONFIG", "TOOLPOST_REPLICA"}) {
    CHECK(error_of(load(dir.sources({{name, ""}}))).starts_with(std::string{name} + ": is empty"));
  }
  CHECK(error_of(load(dir.sources({{"MCP_PORT", "80x"}}))) ==
        "MCP_PORT: expected an integer from 0 to 65535, found \"80x\"");
  CHECK(error_of(load(dir.sources({{"MCP_LOG_LEVEL", "LOUD"}})))
            .starts_with("MCP_LOG_LEVEL: expected one of "));
}

TEST_CASE("config: problems of all sources are reported together") {
  const Workspace dir;
  auto sources = dir.sources({{"MCP_PORT", "x"}, {"MCP_ENABLE_AUTH", "maybe"}});
  sources.file = dir.write("toolpost.json", "{\"a\": 1}");
  sources.flags = {{"http.port", "70000", "--port"}};
  const std::string message = error_of(load(sources));
  CHECK(message.find("MCP_ENABLE_AUTH: expected true or false") != std::string::npos);
  CHECK(message.find("toolpost.json:1:2: a: unknown key") != std::string::npos);
  CHECK(message.find("MCP_PORT: expected") != std::string::npos);
  CHECK(message.find("--port: expected") != std::string::npos);
}

TEST_CASE("config: a switch that is set to false counts as unset") {
  const Workspace dir;
  const std::string on = dir.write("on.json", R"({"auth": {"enabled": true}})");
  for (const char* text : {"false", "False", "0", "no", "OFF"}) {
    auto sources = dir.sources({{"MCP_ENABLE_AUTH", text}, {"MCP_ENABLE_USER_AUTH", text}});
    CHECK_FALSE(load(sources)->auth.enabled);
    sources.file = on;
    CHECK(load(sources)->auth.enabled);
    CHECK_FALSE(load(sources)->auth.users);
  }
  for (const char* text : {"true", "TRUE", "1", "yes", "on"}) {
    CHECK(load(dir.sources({{"MCP_ENABLE_USER_AUTH", text}}))->auth.users);
  }
  CHECK(error_of(load(dir.sources({{"MCP_SINGLE_API_KEY_MODE", ""}})))
            .starts_with("MCP_SINGLE_API_KEY_MODE: is empty"));
}

TEST_CASE("config: the file is --config, TOOLPOST_CONFIG, the user's or the system's") {
  const Workspace dir;
  const auto port_of = [](const Sources& sources) { return load(sources)->http.port; };
  const auto text = [](int port) { return "{\"http\": {\"port\": " + std::to_string(port) + "}}"; };
  dir.write("etc/toolpost.json", text(1));
  CHECK(port_of(dir.sources()) == 1);
  dir.write("home/.config/toolpost/toolpost.json", text(2));
  CHECK(port_of(dir.sources()) == 2);
  dir.write("xdg/toolpost/toolpost.json", text(3));
  CHECK(port_of(dir.sources({{"XDG_CONFIG_HOME", dir.path("xdg")}})) == 3);
  dir.write("work/named.json", text(4));
  auto named =
      dir.sources({{"XDG_CONFIG_HOME", dir.path("xdg")}, {"TOOLPOST_CONFIG", "named.json"}});
  CHECK(port_of(named) == 4);
  named.file = dir.write("flag.json", text(5));
  CHECK(port_of(named) == 5);
}

TEST_CASE("config: a file that is named must exist") {
  const Workspace dir;
  auto sources = dir.sources({{"TOOLPOST_CONFIG", "~/none.json"}});
  CHECK(error_of(load(sources)) ==
        "TOOLPOST_CONFIG: " + dir.path("home/none.json") + ": no such file");
  sources.file = "none.json";
  CHECK(error_of(load(sources)) == "--config: " + dir.path("work/none.json") + ": no such file");
}

TEST_CASE("config: a broken file is an error, never an empty default") {
  const Workspace dir;
  dir.write("etc/toolpost.json", "{}");
  const std::string user = dir.write("home/.config/toolpost/toolpost.json", "{");
  CHECK(error_of(load(dir.sources())).starts_with(user + ":1:2: not valid JSON"));
}

TEST_CASE("config: paths of the file are relative to it, ~ is the home directory") {
  const Workspace dir;
  const auto loaded = dir.load_text(
      R"({"plugin_directories": ["plugins/", "~/p", "/abs/../x"], "project_root": "~",
          "log": {"file": "log/../a.log"}})");
  REQUIRE(loaded.has_value());
  CHECK(loaded->plugin_directories ==
        std::vector<std::string>{dir.path("plugins"), dir.path("home/p"), "/x"});
  CHECK(loaded->project_root == dir.path("home"));
  CHECK(loaded->log.file == dir.path("a.log"));
  CHECK(dir.problems(R"({"project_root": "~alice/x"})") ==
        "FILE:1:18: project_root: \"~alice/x\": only ~/ is expanded, not the home of a named user");
}

TEST_CASE("config: without HOME a ~ is refused") {
  const Workspace dir;
  auto sources = dir.sources({{"HOME", ""}});
  sources.flags = {{"project_root", "~/x", "--project-root"}};
  CHECK(error_of(load(sources)) ==
        "--project-root: \"~/x\": HOME is not set and the user has no home directory; write the "
        "path out");
}

TEST_CASE("config: default plugin directories are those that exist, in order") {
  const Workspace dir;
  auto sources = dir.sources();
  sources.binary_directory = dir.path("usr/bin");
  CHECK(load(sources)->plugin_directories.empty());
  dir.write("usr/bin/plugins/a", "");
  dir.write("usr/lib/toolpost/plugins/a", "");
  dir.write("home/.local/share/toolpost/plugins/a", "");
  CHECK(load(sources)->plugin_directories ==
        std::vector<std::string>{dir.path("usr/bin/plugins"), dir.path("usr/lib/toolpost/plugins"),
                                 dir.path("home/.local/share/toolpost/plugins")});
  sources.file = dir.write("toolpost.json", R"({"plugin_directories": []})");
  CHECK(load(sources)->plugin_directories.empty());
}

TEST_CASE("config: lasting data is kept in the user's state directory unless configured") {
  const Workspace dir;
  CHECK(load(dir.sources())->data_directory == dir.path("home/.local/state/toolpost"));
  CHECK(load(dir.sources({{"XDG_STATE_HOME", "/state"}}))->data_directory == "/state/toolpost");
  CHECK(load(dir.sources({{"XDG_STATE_HOME", "relative"}, {"HOME", ""}}))->data_directory.empty());
  CHECK(dir.load_text(R"({"data_directory": "d"})")->data_directory == dir.path("d"));
}

TEST_CASE("config: where HOME is not set, the user's home directory of the account counts") {
  const Workspace dir;
  auto sources = dir.sources({{"HOME", ""}});
  sources.account_home = [&] { return std::optional{dir.path("account")}; };
  dir.write("account/.config/toolpost/toolpost.json", R"({"log": {"file": "~/a.log"}})");
  dir.write("account/.local/share/toolpost/plugins/a", "");
  const auto loaded = load(sources);
  REQUIRE(loaded.has_value());
  CHECK(loaded->data_directory == dir.path("account/.local/state/toolpost"));
  CHECK(loaded->log.file == dir.path("account/a.log"));
  CHECK(loaded->plugin_directories ==
        std::vector<std::string>{dir.path("account/.local/share/toolpost/plugins")});
  sources.environment = dir.sources().environment;
  CHECK(load(sources)->data_directory == dir.path("home/.local/state/toolpost"));
}

TEST_CASE("config: the account of this process has an absolute home directory or none") {
  const auto home = account_home();
  const passwd* const entry = getpwuid(geteuid());
  REQUIRE(home.has_value() == (entry != nullptr && entry->pw_dir[0] == '/'));
  if (home) CHECK(*home == entry->pw_dir);
}

TEST_CASE("config: a file that others can write is refused with the command that mends it") {
  const Workspace dir;
  auto sources = dir.sources();
  sources.file = dir.write("toolpost.json", "{}");
  for (const mode_t mode : {0664U, 0646U, 0666U}) {
    REQUIRE(chmod(sources.file->c_str(), mode) == 0);
    const auto refused = load(sources);
    REQUIRE(refused.has_error());
    CHECK(refused.error().message() == *sources.file +
                                           ": others than its owner can write it; mend it with: "
                                           "chmod go-w '" +
                                           *sources.file + "'");
  }
  REQUIRE(chmod(sources.file->c_str(), 0600) == 0);
  CHECK(load(sources).has_value());
}

TEST_CASE("config: a file that belongs to somebody else is refused") {
  if (geteuid() != 0) return;  // only root can give a file away
  const Workspace dir;
  auto sources = dir.sources();
  sources.file = dir.write("toolpost.json", "{}");
  REQUIRE(chown(sources.file->c_str(), 12345, 0) == 0);
  CHECK(error_of(load(sources)).find("belongs to user 12345") != std::string::npos);
}

TEST_CASE("config: only a regular file of reasonable size is read") {
  const Workspace dir;
  auto sources = dir.sources();
  sources.file = dir.path("fifo");
  REQUIRE(mkfifo(sources.file->c_str(), 0600) == 0);
  CHECK(error_of(load(sources)) == *sources.file + ": not a regular file");
  sources.file = dir.path(".");
  CHECK(error_of(load(sources)).find("not a regular file") != std::string::npos);
  sources.file = dir.write("big.json", std::string(1024 * 1024 + 1, ' '));
  CHECK(error_of(load(sources)).find("larger than 1048576 bytes") != std::string::npos);
}
