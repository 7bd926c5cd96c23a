// SPDX-License-Identifier: Apache-2.0
// The extension toolpost.users/1 over the user store: JSON in and out, for admins only. Every
// change and every refused attempt is logged, without keys.
#pragma once

#include "base/log.hpp"
#include "call/services.hpp"
#include "identity/user_store.hpp"

#include <functional>

namespace toolpost {

class StoreUserService final : public call::UserService {
 public:
  // Both outlive it. `now` may be asked from any thread.
  StoreUserService(const identity::UserStore& store, Log& log,
                   std::function<identity::UnixSeconds()> now = identity::unix_now)
      : store_(store), log_(log), now_(std::move(now)) {}

  call::ServiceAnswer manage(const identity::Principal& principal, std::string_view operation,
                             std::string_view arguments) override;

 private:
  const identity::UserStore& store_;
  Log& log_;
  std::function<identity::UnixSeconds()> now_;
};

}  // namespace toolpost
