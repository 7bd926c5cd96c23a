// SPDX-License-Identifier: Apache-2.0
#include "identity/auth_mode.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using namespace toolpost::identity;

namespace {

const Secret kKey{"abcdefghijklmnopqrstuvwxyz0123456789"};

AuthSettings settings(bool enabled, bool users, bool single, const Secret& key = {}) {
  return {.enabled = enabled,
          .users = users,
          .single_key = single,
          .given_key = key,
          .file_key = {},
          .previous_key = {}};
}

std::string refusal(const AuthSettings& from) {
  const auto mode = choose_mode(from);
  return mode ? "" : mode.error().message();
}

}  // namespace

TEST_CASE("auth mode: the switches choose it") {
  CHECK(*choose_mode(settings(false, false, false)) == AuthMode::kOpen);
  CHECK(*choose_mode(settings(true, false, false, kKey)) == AuthMode::kSingleKey);
  CHECK(*choose_mode(settings(false, false, true, kKey)) == AuthMode::kSingleKey);
  CHECK(*choose_mode(settings(true, false, true, kKey)) == AuthMode::kSingleKey);
  for (const bool enabled : {false, true}) {  // user mode implies authentication
    CHECK(*choose_mode(settings(enabled, true, false)) == AuthMode::kUsers);
    CHECK(*choose_mode(settings(enabled, true, false, kKey)) == AuthMode::kUsers);
    CHECK(*choose_mode(settings(enabled, true, true, kKey)) == AuthMode::kUsersAndSingle);
  }
}

TEST_CASE("auth mode: a key without a mode and a mode without its key refuse the start") {
  CHECK(refusal(settings(false, false, false, kKey)).find("MCP_ENABLE_AUTH") != std::string::npos);
  AuthSettings previous = settings(false, false, false);
  previous.previous_key = kKey;
  CHECK_FALSE(refusal(previous).empty());
  CHECK(refusal(settings(true, false, false)).find("there is no key") != std::string::npos);
  CHECK(refusal(settings(false, false, true)).find("there is no key") != std::string::npos);
  CHECK(refusal(settings(true, true, true)).find("there is no key") != std::string::npos);
}

TEST_CASE("auth mode: a weak key is refused wherever it stands, and not repeated") {
  const Secret weak{"short-S3cret"};
  AuthSettings from = settings(true, false, false, weak);
  CHECK(refusal(from).starts_with("MCP_API_KEY: "));
  CHECK(refusal(from).find("S3cret") == std::string::npos);
  from = settings(true, false, false, kKey);
  from.previous_key = weak;
  CHECK(refusal(from).starts_with("the previous API key: "));
  from = settings(true, false, false);
  from.file_key = weak;
  CHECK(refusal(from).starts_with("auth.api_key_file: "));
}
