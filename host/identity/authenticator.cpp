// SPDX-License-Identifier: Apache-2.0
#include "identity/authenticator.hpp"

#include "identity/api_key.hpp"

namespace toolpost::identity {
namespace {

// Stands for the key in principals, so that a record tells which of two keys was used.
constexpr const char* kSingleKeyIds[] = {"single-key", "previous-single-key"};

Principal legacy_principal(std::size_t place) {
  return {.name = kLegacy, .role = "admin", .key_id = kSingleKeyIds[place]};
}

}  // namespace

Result<Authenticator> Authenticator::make(const AuthSettings& settings) {
  const auto mode = choose_mode(settings);
  if (!mode) return mode.error();
  Authenticator authenticator;
  authenticator.mode_ = *mode;
  if (!has_single_key(*mode)) return authenticator;
  // With a file the variable is what somebody presents, not what is expected.
  const Secret& key = settings.file_key.empty() ? settings.given_key : settings.file_key;
  authenticator.single_keys_.push_back(digest_of(key.reveal()));
  if (!settings.previous_key.empty()) {
    authenticator.single_keys_.push_back(digest_of(settings.previous_key.reveal()));
  }
  return authenticator;
}

Result<> Authenticator::check_for_clients(const AuthSettings& settings) const {
  if (!has_single_key(mode_) || settings.given_key.empty()) return {};
  if (authenticate(settings.given_key.reveal(), unix_now())) return {};
  return Error{Errc::kDenied,
               "MCP_API_KEY and auth.api_key_file hold different keys; keep one of them, or name "
               "the older one auth.previous_api_key_file"};
}

std::optional<Principal> Authenticator::authenticate(std::string_view key, UnixSeconds now) const {
  const KeyDigest digest = digest_of(key);
  std::optional<Principal> found;
  // Every key is compared, whichever is right.
  for (std::size_t place = 0; place < single_keys_.size(); ++place) {
    if (equal_in_constant_time(single_keys_[place], digest)) found = legacy_principal(place);
  }
  if (has_users(mode_) && users_) {
    if (auto user = users_->find(digest, now)) found = std::move(*user);
  }
  return found;
}

void Authenticator::note_use(const Principal& principal, UnixSeconds now) {
  if (!has_users(mode_) || principal.key_id.empty() || principal.name == kLegacy) return;
  std::string place;
  place.reserve(principal.name.size() + 1 + principal.key_id.size());
  place.append(principal.name).append("\n").append(principal.key_id);
  KeyUse& use = uses_[std::move(place)];
  if (use.key_id.empty()) use = {principal.name, principal.key_id, now};
  use.at = now;
}

std::vector<KeyUse> Authenticator::take_uses() {
  std::vector<KeyUse> uses;
  uses.reserve(uses_.size());
  for (auto& [place, use] : uses_) uses.push_back(std::move(use));
  uses_.clear();
  return uses;
}

std::optional<Principal> Authenticator::find_user(std::string_view username) const {
  if (!has_users(mode_) || !users_) return std::nullopt;
  return users_->find_user(username);
}

bool Authenticator::is_valid(const Principal& principal, UnixSeconds now) const {
  if (is_open()) return principal == local_principal();
  if (principal.name == kLegacy) {
    for (std::size_t place = 0; place < single_keys_.size(); ++place) {
      if (principal == legacy_principal(place)) return true;
    }
    return false;
  }
  if (!has_users(mode_) || !users_) return false;
  return users_->is_valid(principal, now);
}

Result<EnvironmentIdentity> EnvironmentIdentity::make(const Authenticator& authenticator,
                                                      const AuthSettings& settings) {
  EnvironmentIdentity identity{authenticator};
  if (authenticator.is_open()) {
    identity.proven_ = local_principal();
    return identity;
  }
  const Secret& key = settings.given_key.empty() ? settings.file_key : settings.given_key;
  if (key.empty()) return identity;
  auto principal = authenticator.authenticate(key.reveal(), unix_now());
  if (!principal) {
    return Error{Errc::kDenied,
                 "the API key in the environment is not valid; correct MCP_API_KEY or its file, or "
                 "take it away to run without rights"};
  }
  identity.proven_ = std::move(*principal);
  return identity;
}

Principal EnvironmentIdentity::principal(UnixSeconds now) const {
  if (proven_.name.empty() || authenticator_->is_valid(proven_, now)) return proven_;
  return {};
}

}  // namespace toolpost::identity
