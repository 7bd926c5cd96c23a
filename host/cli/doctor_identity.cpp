// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_identity.hpp"

#include "access_setup.hpp"
#include "identity/api_key.hpp"
#include "identity/user_store.hpp"

namespace toolpost::cli {
namespace {

using ops::Finding;

constexpr const char* kMode = "see Identity in config/README.md: which switch takes which key";

// Whose key the environment has: what a stdio process or a script would be taken for.
void check_given_key(const config::Config& config, const identity::UserTable& users,
                     std::vector<Finding>& findings) {
  const std::string_view key = config.auth.given_key.reveal();
  if (key.empty()) return;
  const auto owner = users.find(identity::digest_of(key), identity::unix_now());
  if (owner) {
    findings.push_back(
        {Finding::State::kOk, "auth.key",
         "the key in MCP_API_KEY is that of " + owner->name + ", role " + owner->role});
  } else if (!config.auth.single_key) {
    const bool is_whole = identity::key_id_of(key).has_value();
    findings.push_back(ops::fault(
        "auth.key",
        std::string{"the key in MCP_API_KEY is nobody's: "} +
            (is_whole ? "unknown, ended, or of a disabled user" : "it is not a whole key of ours"),
        "copy it again, or make another one: the tool rotate_key, or toolpost users recover "
        "--username NAME for an admin; toolpost users list shows whose keys count"));
  }
}

void check_users(const config::Config& config, std::vector<Finding>& findings) {
  if (!config.auth.users) return;
  const std::string& file = config.auth.users_file;
  const auto table = identity::UserStore{file, {}}.read();
  if (!table) {
    findings.push_back(ops::fault("users.file", table.error().message(),
                                  "do what it says, or restore the file: toolpost backup restore "
                                  "--help; nobody comes in meanwhile"));
    return;
  }
  if (!(*table)->has_usable_admin(identity::unix_now())) {
    findings.push_back({Finding::State::kWarning, "users.file",
                        file + " has no admin who could come in",
                        "make the first one: toolpost create-admin --username NAME; or give one a "
                        "new key: toolpost users recover --username NAME"});
  } else {
    findings.push_back(
        {Finding::State::kOk, "users.file", file + ", users: " + std::to_string((*table)->size())});
  }
  check_given_key(config, **table, findings);
}

}  // namespace

void check_identity(const config::Config& config, std::vector<Finding>& findings) {
  if (const auto access = check_access(config); !access) {
    findings.push_back(ops::fault("auth.mode", access.error().message(), kMode));
    return;
  }
  const config::Auth& auth = config.auth;
  std::string mode = "none; whoever reaches the server is an admin";
  if (auth.users) {
    mode = auth.single_key ? "a key for each user, and a single one" : "a key for each user";
  } else if (auth.enabled || auth.single_key) {
    mode = "a single key for all";
  }
  findings.push_back({Finding::State::kOk, "auth.mode", mode});
  check_users(config, findings);
}

}  // namespace toolpost::cli
