// SPDX-License-Identifier: Apache-2.0
#include "config/exposure.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using namespace toolpost::config;

TEST_CASE("exposure: HTTP beyond loopback starts with authentication and not without") {
  Config config;
  for (const char* host : {"127.0.0.1", "127.255.0.3", "::1", "localhost", "0:0:0:0:0:0:0:1"}) {
    config.http.host = host;
    CHECK(check_exposure(config).has_value());
  }
  for (const char* host :
       {"0.0.0.0", "::", "192.168.0.1", "128.0.0.1", "example.com", "::2", "1::1",
        "::ffff:127.0.0.1", "localhost.example", "127.1", "127.0.0.1.example"}) {
    config.http.host = host;
    for (bool Auth::*demand : {&Auth::enabled, &Auth::users, &Auth::single_key}) {
      CHECK(check_exposure(config).has_error());
      config.auth.*demand = true;
      CHECK(check_exposure(config).has_value());
      config.auth.*demand = false;
    }
  }
}

TEST_CASE("exposure: the message names the source of the address") {
  Config config;
  config.http.host = "0.0.0.0";
  config.origins["http.host"] = "MCP_HOST";
  const auto checked = check_exposure(config);
  REQUIRE(checked.has_error());
  CHECK(checked.error().message().starts_with("MCP_HOST: HTTP on 0.0.0.0 would be open"));
}
