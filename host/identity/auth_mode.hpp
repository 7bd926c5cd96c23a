// SPDX-License-Identifier: Apache-2.0
// How callers prove who they are. What an operator demands either holds or refuses the start: a
// mode is never weakened to one that would work.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <string_view>

namespace toolpost::identity {

enum class AuthMode {
  kOpen,            // nobody has to; the caller is somebody on this machine
  kSingleKey,       // one key for all, principal "legacy"
  kUsers,           // a key for each user
  kUsersAndSingle,  // both
};

// As configured; see config::Auth.
struct AuthSettings {
  bool enabled = false;
  bool users = false;
  bool single_key = false;
  Secret given_key;     // in the environment: the single key, and whom a stdio process speaks for
  Secret file_key;      // the single key from a file
  Secret previous_key;  // a second single key that is still taken
};

// The mode, or the contradiction and its remedy. Every key that the mode will use is strong enough.
Result<AuthMode> choose_mode(const AuthSettings& settings);

inline bool has_users(AuthMode mode) noexcept {
  return mode == AuthMode::kUsers || mode == AuthMode::kUsersAndSingle;
}

inline bool has_single_key(AuthMode mode) noexcept {
  return mode == AuthMode::kSingleKey || mode == AuthMode::kUsersAndSingle;
}

}  // namespace toolpost::identity
