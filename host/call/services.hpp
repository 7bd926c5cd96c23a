// SPDX-License-Identifier: Apache-2.0
// What the host does for plugins that the operator has granted it to; the interfaces behind the
// extensions of plugin-sdk/include/toolpost/ext. Callable from any worker thread, may block.
#pragma once

#include "identity/principal.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::call {

struct ServiceAnswer {
  std::int32_t status = 0;  // TOOLPOST_OK or an error
  std::string text{};       // what recv gets; empty: recv is not called
};

// toolpost.policy/1
class PolicyService {
 public:
  virtual ~PolicyService() = default;
  virtual ServiceAnswer check(const identity::Principal& principal, std::string_view action,
                              std::string_view resource, std::string_view context) = 0;
};

// toolpost.users/1
class UserService {
 public:
  virtual ~UserService() = default;
  virtual ServiceAnswer manage(const identity::Principal& principal, std::string_view operation,
                               std::string_view arguments) = 0;
};

// toolpost.kv/1, each plugin in a space of its own. The statuses of toolpost/ext/kv.h; the sizes
// are within its limits.
class KvService {
 public:
  virtual ~KvService() = default;
  // With TOOLPOST_OK `value` is filled in.
  virtual std::int32_t get(std::string_view plugin, std::string_view key, std::string& value) = 0;
  virtual std::int32_t set(std::string_view plugin, std::string_view key, std::string_view value,
                           std::chrono::seconds life) = 0;
  virtual std::int32_t remove(std::string_view plugin, std::string_view key) = 0;
};

// Null: this host has no such service, and the extension does not exist for anybody.
struct Services {
  PolicyService* policy = nullptr;
  UserService* users = nullptr;
  KvService* kv = nullptr;
};

}  // namespace toolpost::call
