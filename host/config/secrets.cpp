// SPDX-License-Identifier: Apache-2.0
#include "config/secrets.hpp"

#include "base/problems.hpp"
#include "config/source_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace toolpost::config {
namespace {

constexpr std::size_t kMaxKeyBytes = 1024;

// One key: the variable that holds it, the key of the configuration that names its file, the
// variable that overrides that, and its name among systemd's credentials.
struct KeyPlaces {
  std::string_view variable;
  std::string_view file_key;
  std::string_view file_variable;
  std::string_view credential;
};

constexpr KeyPlaces kApiKey{"MCP_API_KEY", "auth.api_key_file", "MCP_API_KEY_FILE", "mcp_api_key"};
constexpr KeyPlaces kPreviousKey{"MCP_PREVIOUS_API_KEY", "auth.previous_api_key_file",
                                 "MCP_PREVIOUS_API_KEY_FILE", "mcp_previous_api_key"};

constexpr KeyPlaces kRedisPassword{"MCP_REDIS_PASSWORD", "redis.password_file",
                                   "MCP_REDIS_PASSWORD_FILE", "mcp_redis_password"};

struct Keys {
  Secret given;    // in the variable
  Secret in_file;  // in the file or credential
};

class SecretReader {
 public:
  SecretReader(const Environment& environment, const Config& config, Problems& problems)
      : environment_(environment), config_(config), problems_(problems) {}

  Keys read(const KeyPlaces& places, const std::string& configured_file) {
    Keys keys;
    if (auto value = environment_(places.variable)) {
      keys.given = checked(places.variable, Secret{std::move(*value)});
      if (environment_(places.file_variable)) {
        problems_.add(places.file_variable,
                      "is set beside " + std::string{places.variable} + "; keep one of them");
      }
    }
    if (!configured_file.empty()) {
      const auto origin = config_.origins.find(places.file_key);
      const std::string by =
          origin == config_.origins.end() ? std::string{places.file_key} : origin->second;
      keys.in_file = from_file(configured_file, by);
    } else if (const auto path = credential_path(places.credential); !path.empty()) {
      keys.in_file = from_file(path, path);
    }
    return keys;
  }

  // Of a key that has no variable: it is nobody's who starts the server.
  Secret read_file(std::string_view file_key, const std::string& path) {
    if (path.empty()) return {};
    const auto origin = config_.origins.find(file_key);
    return from_file(path, origin == config_.origins.end() ? file_key : origin->second);
  }

 private:
  // Empty unless systemd hands over a credential of that name.
  std::string credential_path(std::string_view name) const {
    const auto directory = environment_("CREDENTIALS_DIRECTORY");
    if (!directory || !directory->starts_with('/')) return {};
    std::string path = *directory + "/" + std::string{name};
    const auto text = read_source_file(path);
    if (!text && text.error().code() == Errc::kNotFound) return {};
    return path;
  }

  Secret from_file(const std::string& path, std::string_view by) {
    auto text = read_source_file(path);
    if (!text) {
      problems_.add(by, text.error().message());
      return {};
    }
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    return checked(path, Secret{std::move(*text)});
  }

  // A key goes into a header, and a password is held to the same: visible ASCII. Says nothing of
  // the key but what is wrong with it.
  Secret checked(std::string_view by, Secret key) {
    const std::string_view text = key.reveal();
    const bool visible =
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (text.empty()) {
      problems_.add(by, "is empty; give a key or leave it out");
    } else if (text.size() > kMaxKeyBytes) {
      problems_.add(by, "is longer than a key may be (" + std::to_string(kMaxKeyBytes) + " bytes)");
    } else if (!visible) {
      problems_.add(by,
                    "has a character that no key has: spaces, line breaks and everything "
                    "beyond ASCII");
    } else {
      return key;
    }
    return {};
  }

  const Environment& environment_;
  const Config& config_;
  Problems& problems_;
};

}  // namespace

std::vector<std::string_view> secret_variables() {
  return {kApiKey.variable, kPreviousKey.variable, kRedisPassword.variable};
}

Result<> read_secrets(const Environment& environment, Config& config) {
  Problems problems;
  SecretReader reader{environment, config, problems};
  Keys key = reader.read(kApiKey, config.auth.api_key_file);
  config.auth.given_key = std::move(key.given);
  config.auth.file_key = std::move(key.in_file);
  Keys previous = reader.read(kPreviousKey, config.auth.previous_api_key_file);
  config.auth.previous_key =
      previous.given.empty() ? std::move(previous.in_file) : std::move(previous.given);
  Keys redis = reader.read(kRedisPassword, config.redis.password_file);
  config.redis.password = redis.given.empty() ? std::move(redis.in_file) : std::move(redis.given);
  config.metrics.key = reader.read_file("metrics.key_file", config.metrics.key_file);
  if (!problems.empty()) return problems.to_error();
  return {};
}

void forget_secret_variables() {
  for (const std::string_view name : secret_variables()) {
    const std::string text{name};
    if (char* value = std::getenv(text.c_str())) ::explicit_bzero(value, std::strlen(value));
    ::unsetenv(text.c_str());
  }
}

}  // namespace toolpost::config
