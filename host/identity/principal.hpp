// SPDX-License-Identifier: Apache-2.0
// Who is asking. Never carries a credential.
#pragma once

#include <string>

namespace toolpost::identity {

struct Principal {
  std::string name;  // stable subject id; empty: anonymous
  std::string role;
};

// The caller on loopback or stdio while no authentication is configured. The host does not listen
// anywhere else without authentication, so this principal is always somebody on this machine.
inline Principal local_principal() {
  return {.name = "local", .role = "admin"};
}

}  // namespace toolpost::identity
