// SPDX-License-Identifier: Apache-2.0
// What resources and content may say about themselves: whom they are for, how much they matter, and
// since when they are as they are. Hints; clients may ignore them.
#pragma once

#include <toolpost/json.hpp>

#include <initializer_list>
#include <string>

namespace toolpost::sdk {

enum class Role { kUser, kAssistant };

// "user" or "assistant".
const char* to_string(Role role) noexcept;

//   Annotations().audience({Role::kUser}).priority(0.8)
class Annotations {
 public:
  Annotations& audience(std::initializer_list<Role> roles);
  // 0 = entirely optional, 1 = as good as required.
  Annotations& priority(double weight);
  // ISO 8601, e.g. "2026-01-12T15:00:58Z".
  Annotations& last_modified(std::string time);

  const Json& json() const noexcept { return json_; }

 private:
  Json json_ = Json::object();
};

}  // namespace toolpost::sdk
