// SPDX-License-Identifier: Apache-2.0
// From a credential to a principal, without I/O: the keys are digests in memory. One answer for
// every wrong key, and the same work for it.
#pragma once

#include "identity/auth_mode.hpp"
#include "identity/principal.hpp"
#include "identity/user_store.hpp"
#include "identity/user_table.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace toolpost::identity {

// Belongs to the I/O thread.
class Authenticator {
 public:
  // Open: everybody is local_principal().
  Authenticator() = default;

  static Result<Authenticator> make(const AuthSettings& settings);

  // Refuses settings that leave open which key clients of a server are to use.
  Result<> check_for_clients(const AuthSettings& settings) const;

  AuthMode mode() const noexcept { return mode_; }

  // Nobody has to prove anything.
  bool is_open() const noexcept { return mode_ == AuthMode::kOpen; }

  // What the store holds now; until the first, and with null, no user's key is right.
  void set_users(std::shared_ptr<const UserTable> users) { users_ = std::move(users); }

  const std::shared_ptr<const UserTable>& users() const noexcept { return users_; }

  // Not for the open mode.
  std::optional<Principal> authenticate(std::string_view key, UnixSeconds now) const;

  // The key of a user was used; cheap enough for every request.
  void note_use(const Principal& principal, UnixSeconds now);
  // What was noted since the last time.
  std::vector<KeyUse> take_uses();

  // A user whose identity was proven in another way, by a client certificate.
  std::optional<Principal> find_user(std::string_view username) const;

  // Whether what was proven then would be proven now: the key still counts, the user has the same
  // role.
  bool is_valid(const Principal& principal, UnixSeconds now) const;

 private:
  AuthMode mode_ = AuthMode::kOpen;
  std::vector<KeyDigest> single_keys_;
  std::unordered_map<std::string, KeyUse> uses_;  // by username and key id
  std::shared_ptr<const UserTable> users_;
};

// Whom a process speaks for that has no clients but its parent: stdio and `toolpost call`. The
// credential is the key in MCP_API_KEY, or the one in the file.
class EnvironmentIdentity {
 public:
  // An error when the key is wrong; the process must not serve then.
  static Result<EnvironmentIdentity> make(const Authenticator& authenticator,
                                          const AuthSettings& settings);

  // Now; anonymous without rights when there is no key, or the key has been revoked.
  Principal principal(UnixSeconds now) const;

 private:
  explicit EnvironmentIdentity(const Authenticator& authenticator)
      : authenticator_(&authenticator) {}

  const Authenticator* authenticator_;
  Principal proven_;
};

}  // namespace toolpost::identity
