// SPDX-License-Identifier: Apache-2.0
#include "config/secrets.hpp"

#include "workspace.hpp"

#include <cstdlib>

using namespace toolpost;
using namespace toolpost::config;

namespace {

constexpr const char* kKey = "abcdefghijklmnopqrstuvwxyz0123456789";

// What read_secrets() says, after load() with these variables.
std::string problems_of(const Sources& sources, Config* into = nullptr) {
  auto config = load(sources);
  if (!config) return config.error().message();
  const auto read = read_secrets(sources.environment, *config);
  if (into != nullptr) *into = *config;
  return read ? "" : read.error().message();
}

std::string write_key(const Workspace& dir, const std::string& text, unsigned mode = 0600) {
  std::string path = dir.write("key", text);
  std::filesystem::permissions(path, std::filesystem::perms{mode});
  return path;
}

}  // namespace

TEST_CASE("secrets: a key comes from its variable") {
  const Workspace dir;
  Config config;
  CHECK(problems_of(dir.sources({{"MCP_API_KEY", kKey}, {"MCP_PREVIOUS_API_KEY", "old"}}),
                    &config) == "");
  CHECK(config.auth.given_key.reveal() == kKey);
  CHECK(config.auth.file_key.empty());
  CHECK(config.auth.previous_key.reveal() == "old");
}

TEST_CASE("secrets: the password of the Redis comes from its own variable, file and credential") {
  const Workspace dir;
  Config config;
  CHECK(problems_of(dir.sources({{"MCP_REDIS_PASSWORD", "hunter2"}}), &config) == "");
  CHECK(config.redis.password.reveal() == "hunter2");
  CHECK(config.auth.given_key.empty());
  const std::string path = write_key(dir, "from a file? no\n");
  CHECK(problems_of(dir.sources({{"MCP_REDIS_PASSWORD_FILE", path}})).find("has a character") !=
        std::string::npos);
  write_key(dir, "from-a-file\n");
  CHECK(problems_of(dir.sources({{"MCP_REDIS_PASSWORD_FILE", path}}), &config) == "");
  CHECK(config.redis.password.reveal() == "from-a-file");
  std::filesystem::rename(path, dir.path("mcp_redis_password"));
  CHECK(problems_of(dir.sources({{"CREDENTIALS_DIRECTORY", dir.path("")}}), &config) == "");
  CHECK(config.redis.password.reveal() == "from-a-file");
}

TEST_CASE("secrets: a key comes from a file, without its line break") {
  const Workspace dir;
  const std::string path = write_key(dir, std::string{kKey} + "\r\n");
  Config config;
  CHECK(problems_of(dir.sources({{"MCP_API_KEY_FILE", path}}), &config) == "");
  CHECK(config.auth.file_key.reveal() == kKey);
  CHECK(config.auth.given_key.empty());
}

TEST_CASE("secrets: a systemd credential is found by its name, and only if it is there") {
  const Workspace dir;
  Config config;
  CHECK(problems_of(dir.sources({{"CREDENTIALS_DIRECTORY", dir.path("")}}), &config) == "");
  CHECK(config.auth.file_key.empty());
  std::filesystem::rename(write_key(dir, kKey), dir.path("mcp_api_key"));
  CHECK(problems_of(dir.sources({{"CREDENTIALS_DIRECTORY", dir.path("")}}), &config) == "");
  CHECK(config.auth.file_key.reveal() == kKey);
}

TEST_CASE("secrets: what is wrong is named, and no key is repeated") {
  const Workspace dir;
  const auto refused = [&](std::map<std::string, std::string> variables) {
    std::string text = problems_of(dir.sources(std::move(variables)));
    CHECK(text.find("S3cret") == std::string::npos);
    return text;
  };
  CHECK(refused({{"MCP_API_KEY", ""}}).starts_with("MCP_API_KEY: is empty"));
  CHECK(refused({{"MCP_API_KEY", "S3cret key"}}).starts_with("MCP_API_KEY: has a character"));
  CHECK(refused({{"MCP_API_KEY", "S3cret\x01"}}).starts_with("MCP_API_KEY: has a character"));
  CHECK(refused({{"MCP_API_KEY", std::string(2000, 'x')}}).find("longer than") !=
        std::string::npos);
  CHECK(refused({{"MCP_API_KEY_FILE", dir.path("none")}}).starts_with("MCP_API_KEY_FILE: "));
  CHECK(refused({{"MCP_API_KEY_FILE", write_key(dir, "\n")}}).find("is empty") !=
        std::string::npos);
  CHECK(refused({{"MCP_API_KEY_FILE", write_key(dir, "S3cret", 0660)}}).find("chmod go-w") !=
        std::string::npos);
  CHECK(refused({{"MCP_API_KEY_FILE", write_key(dir, kKey)}, {"MCP_API_KEY", kKey}})
            .starts_with("MCP_API_KEY_FILE: is set beside MCP_API_KEY"));
}

TEST_CASE("secrets: a password that stands in the URL of the Redis is refused and not repeated") {
  const Workspace dir;
  const std::string said =
      problems_of(dir.sources({{"MCP_REDIS_URL", "redis://user:S3cret@127.0.0.1:6379"}}));
  CHECK(said.find("MCP_REDIS_URL") != std::string::npos);
  CHECK(said.find("without a password") != std::string::npos);
  CHECK(said.find("S3cret") == std::string::npos);
}

TEST_CASE("secrets: the process forgets what its variables held") {
  ::setenv("MCP_API_KEY", kKey, 1);
  const char* place = std::getenv("MCP_API_KEY");
  const std::string before{place};
  forget_secret_variables();
  CHECK(std::getenv("MCP_API_KEY") == nullptr);
  CHECK(before == kKey);
}
