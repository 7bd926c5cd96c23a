// SPDX-License-Identifier: Apache-2.0
// Keeps the table of keys, what is printed, and the files of config/ saying the same.
#include "config/print.hpp"

#include "config/keys.hpp"
#include "config/live_keys.hpp"
#include "config/settings_json.hpp"
#include "json/parser.hpp"
#include "workspace.hpp"

#include <map>
#include <regex>
#include <sstream>

using namespace toolpost;
using namespace toolpost::config;

namespace {

const std::string kConfigDirectory = TOOLPOST_SOURCE_DIR "/config/";

std::string error_of(const Result<Config>& result) {
  return result ? "" : result.error().message();
}

// The example with its commented-out keys switched on.
std::string without_comment_marks(const std::string& text) {
  const std::regex commented_key{R"(^(\s*)// ("[a-z0-9_.]+": .*)$)"};
  std::istringstream lines{text};
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    out.append(std::regex_replace(line, commented_key, "$1$2")).push_back('\n');
  }
  return out;
}

}  // namespace

TEST_CASE("config print: what is printed loads again to the same configuration") {
  const Workspace dir;
  const auto first = dir.load_text(
      R"({"http": {"port": 1, "allowed_origins": ["https://a.example"]}, "log": {"level": "WARN"},
          "server": {"instructions": "say \"hi\"\n"},
          "roles": {"dev": {"tools": ["add", "@read-only"], "projects": ["/a/../b"]}},
          "plugins": {"a.b": {"timeout_ms": 5, "config": {"x": {"y": []}, "z": {}}}}})");
  REQUIRE(first.has_value());
  const std::string printed = to_json(*first);
  const auto second = dir.load_text(printed);
  REQUIRE_MESSAGE(second.has_value(), error_of(second));
  CHECK(to_json(*second) == printed);
  CHECK(second->server.instructions == "say \"hi\"\n");
  CHECK(second->plugins.at("a.b").timeout_ms == 5);
  CHECK(second->roles.at("dev").tools == std::vector<std::string>{"add", "@read-only"});
  CHECK(second->roles.at("dev").projects == std::vector<std::string>{"/b"});
  CHECK(second->roles.at("user").resources == std::vector<std::string>{"*"});
  CHECK(second->log.level == LogLevel::kWarn);
}

TEST_CASE("config print: origins stand behind the values and load again") {
  const Workspace dir;
  auto sources = dir.sources({{"MCP_PORT", "81"}});
  sources.file = dir.write("toolpost.json", R"({"plugins": {"a.b": {"enabled": true}}})");
  const auto loaded = load(sources);
  REQUIRE(loaded.has_value());
  const std::string printed = to_json(*loaded, Origins::kAsComments);
  CHECK(printed.find("\"port\": 81,  // MCP_PORT\n") != std::string::npos);
  CHECK(printed.find("\"enabled\": true,  // " + *sources.file + ":1:33\n") != std::string::npos);
  CHECK(dir.load_text(printed).has_value());
}

TEST_CASE("config print: secrets in a plugin's settings are hidden") {
  const Workspace dir;
  const auto loaded = dir.load_text(R"({"plugins": {"a.b": {"config": {
      "api_key": "secret1", "Password": ["secret2"], "tokens": {"alice": "secret3", "file": "/run/token"},
      "index": "https://user:secret4@packages.example/simple?a=@", "plain": "seen", "max_tokens": 5}}}})");
  REQUIRE(loaded.has_value());
  const std::string printed = to_json(*loaded);
  for (const char* secret : {"secret1", "secret2", "secret3", "secret4"}) {
    CHECK(printed.find(secret) == std::string::npos);
  }
  CHECK(printed.find("https://(hidden)@packages.example/simple?a=@") != std::string::npos);
  CHECK(printed.find("/run/token") != std::string::npos);
  CHECK(printed.find("seen") != std::string::npos);
  CHECK(printed.find("\"max_tokens\": 5") != std::string::npos);
}

TEST_CASE("config schema: the committed file is the one the table gives") {
  const std::string committed = read_text(kConfigDirectory + "toolpost.schema.json");
  CHECK_MESSAGE(committed == json_schema(),
                "regenerate it: toolpost config schema > config/toolpost.schema.json");
}

TEST_CASE("config schema: every key is in it, with meaning and bounds") {
  const std::string text = json_schema();
  const auto schema = json::parse(text);
  REQUIRE(schema.has_value());
  const auto check = [](const json::Value& root, std::string_view path) {
    const json::Value* at = &root;
    std::istringstream names{std::string{path}};
    for (std::string name; at != nullptr && std::getline(names, name, '.');) {
      const json::Value* properties = at->find("properties");
      at = properties != nullptr ? properties->find(name) : nullptr;
    }
    REQUIRE_MESSAGE(at != nullptr, path);
    CHECK(at->find_string("description") != nullptr);
    CHECK((at->find_string("type") != nullptr || at->find("enum") != nullptr));
  };
  for (const auto& key : config_keys()) check(schema->root(), key.path);
  const json::Value* plugins = schema->root().find("properties")->find("plugins");
  REQUIRE(plugins != nullptr);
  for (const auto& key : plugin_keys()) check(*plugins->find("additionalProperties"), key.path);
  const json::Value* roles = schema->root().find("properties")->find("roles");
  REQUIRE(roles != nullptr);
  for (const auto& key : role_keys()) check(*roles->find("additionalProperties"), key.path);
}

TEST_CASE("config table: defaults lie within their ranges and rules") {
  Config config = defaults();
  for (const auto& key : config_keys()) {
    const Slot slot = key.slot(config);
    std::size_t number = key.accepts.min;
    if (const auto* value = std::get_if<std::size_t*>(&slot)) number = **value;
    if (const auto* value = std::get_if<std::uint16_t*>(&slot)) number = **value;
    CHECK_MESSAGE((number >= key.accepts.min && number <= key.accepts.max), key.path);
    const auto* text = std::get_if<std::string*>(&slot);
    if (text != nullptr && !(*text)->empty() && key.accepts.rule != nullptr) {
      CHECK_MESSAGE(matches(*key.accepts.rule, **text), key.path);
    }
    CHECK_MESSAGE(!key.meaning.empty(), key.path);
  }
}

TEST_CASE("config table: names of levels and formats are those the log writes") {
  Config config;
  for (const char* path : {"log.level", "log.format"}) {
    REQUIRE(find_key(path) != nullptr);
  }
  const auto levels = choices(find_key("log.level")->slot(config));
  REQUIRE(levels.size() == 6);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    CHECK(levels[i] == to_string(static_cast<LogLevel>(i)));
  }
  CHECK(choices(find_key("log.format")->slot(config))[std::size_t(LogFormat::kText)] == "text");
}

TEST_CASE("config table: each variable sets a key that exists") {
  for (const Variable& variable : variables()) CHECK(find_key(variable.key) != nullptr);
}

TEST_CASE("config README: names every key and every variable") {
  const std::string readme = read_text(kConfigDirectory + "README.md");
  const auto names = [&](std::string_view name) {
    return readme.find("`" + std::string{name} + "`") != std::string::npos;
  };
  for (const auto& key : config_keys()) CHECK_MESSAGE(names(key.path), key.path);
  for (const auto& key : plugin_keys()) CHECK_MESSAGE(names(key.path), key.path);
  for (const auto& key : role_keys()) CHECK_MESSAGE(names(key.path), key.path);
  for (const Variable& variable : variables()) CHECK_MESSAGE(names(variable.name), variable.name);
}

TEST_CASE("config README: ranges and defaults are those of the table") {
  const std::string readme = read_text(kConfigDirectory + "README.md");
  Config config;
  for (const auto& key : config_keys()) {
    const Slot slot = key.slot(config);
    const auto* number = std::get_if<std::size_t*>(&slot);
    if (number == nullptr) continue;
    const std::string row =
        "| `" + std::string{key.path} + "` | integer, " + std::to_string(key.accepts.min) + " to " +
        std::to_string(key.accepts.max) + " | " + std::to_string(**number) + " | ";
    CHECK_MESSAGE(readme.find(row) != std::string::npos, row);
  }
}

// Each row ends with what a change of its key takes.
TEST_CASE("config README: says of every key whether a reload takes it") {
  std::istringstream readme{read_text(kConfigDirectory + "README.md")};
  std::map<std::string, std::string, std::less<>> said;
  for (std::string line; std::getline(readme, line);) {
    const std::size_t end = line.find("` | ", 3);
    if (line.starts_with("| `") && end != std::string::npos) {
      said.emplace(line.substr(3, end - 3), line);
    }
  }
  const auto check = [&](std::string_view name, std::string_view key) {
    const auto row = said.find(name);
    REQUIRE_MESSAGE(row != said.end(), name);
    const std::string_view change = is_live(key) ? " | reload |" : " | restart |";
    CHECK_MESSAGE(row->second.ends_with(change), name, " should end with", change);
  };
  for (const auto& key : config_keys()) check(key.path, key.path);
  for (const auto& key : plugin_keys()) check(key.path, "plugins.id." + std::string{key.path});
  for (const auto& key : role_keys()) check(key.path, "roles.name." + std::string{key.path});
}

TEST_CASE("config live keys: a section with all below it, and nothing that only begins alike") {
  CHECK(is_live("roles.viewer.tools"));
  CHECK(is_live("roles"));
  CHECK(is_live("plugins.io.toolpost.echo.config.greeting"));
  CHECK(is_live("plugin_directories"));
  CHECK(is_live("log.level"));
  CHECK_FALSE(is_live("http.port"));
  CHECK_FALSE(is_live("audit.directory"));
  CHECK_FALSE(is_live("project_root_of_somebody"));
  CHECK_FALSE(is_live("auth.enabled"));
  CHECK_FALSE(is_live("logs"));
  CHECK_FALSE(is_live(""));
}

TEST_CASE("config example: is valid and says the defaults") {
  const Workspace dir;
  const auto loaded = dir.load_text(read_text(kConfigDirectory + "toolpost.json"));
  REQUIRE_MESSAGE(loaded.has_value(), error_of(loaded));
  CHECK(to_json(*loaded) == to_json(*load(dir.sources())));
}

TEST_CASE("config example: shows every key, and its commented-out numbers are the defaults") {
  const Workspace dir;
  const std::string text = read_text(kConfigDirectory + "toolpost.json");
  const auto loaded = dir.load_text(without_comment_marks(text));
  REQUIRE_MESSAGE(loaded.has_value(), error_of(loaded));
  Config shown = *loaded;
  Config standard = defaults();
  for (const auto& key : config_keys()) {
    CHECK_MESSAGE(shown.origins.contains(key.path), key.path);
    const Slot slot = key.slot(shown);
    if (const auto* number = std::get_if<std::size_t*>(&slot)) {
      CHECK_MESSAGE(**number == *std::get<std::size_t*>(key.slot(standard)), key.path);
    }
  }
  for (const auto& key : role_keys()) {
    CHECK_MESSAGE(shown.origins.contains("roles.user." + std::string{key.path}), key.path);
  }
  for (const auto& key : plugin_keys()) {
    CHECK_MESSAGE(shown.origins.contains("plugins.io.toolpost.uv-package." + std::string{key.path}),
                  key.path);
  }
}
