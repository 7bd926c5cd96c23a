// SPDX-License-Identifier: Apache-2.0
#include "identity/auth_mode.hpp"

#include "identity/api_key.hpp"

namespace toolpost::identity {
namespace {

AuthMode mode_of(const AuthSettings& settings) {
  if (settings.users) return settings.single_key ? AuthMode::kUsersAndSingle : AuthMode::kUsers;
  return settings.enabled || settings.single_key ? AuthMode::kSingleKey : AuthMode::kOpen;
}

Result<> check_strength(const Secret& key, std::string_view name) {
  if (key.empty()) return {};
  auto strong = check_key_strength(key.reveal());
  if (!strong) return std::move(strong).error().in(name);
  return {};
}

Result<> check_keys(const AuthSettings& settings) {
  if (auto strong = check_strength(settings.given_key, "MCP_API_KEY"); !strong) return strong;
  if (auto strong = check_strength(settings.file_key, "auth.api_key_file"); !strong) return strong;
  return check_strength(settings.previous_key, "the previous API key");
}

}  // namespace

Result<AuthMode> choose_mode(const AuthSettings& settings) {
  const AuthMode mode = mode_of(settings);
  const bool has_key = !settings.given_key.empty() || !settings.file_key.empty();
  if (mode == AuthMode::kOpen && (has_key || !settings.previous_key.empty())) {
    return Error{Errc::kDenied,
                 "an API key is given, but authentication is not switched on; set "
                 "MCP_ENABLE_AUTH=true (auth.enabled) to demand it, or take the key away"};
  }
  if (has_single_key(mode) && !has_key) {
    return Error{Errc::kDenied,
                 "authentication with a single API key is switched on, but there is no key; give "
                 "one in MCP_API_KEY, MCP_API_KEY_FILE or auth.api_key_file"};
  }
  if (auto strong = check_keys(settings); !strong) return strong.error();
  return mode;
}

}  // namespace toolpost::identity
