// SPDX-License-Identifier: Apache-2.0
#include "config/not_enforced.hpp"

#include "workspace.hpp"

using namespace toolpost;
using namespace toolpost::config;

namespace {

std::string refusal(const std::string& variable, const std::string& value) {
  const Workspace dir;
  const auto checked = check_not_enforced(dir.sources({{variable, value}}).environment);
  return checked ? "" : checked.error().message();
}

}  // namespace

TEST_CASE("not enforced: protection that is asked for refuses the start by its name") {
  for (const char* name : {"MCP_ALLOWED_PACKAGES", "MCP_BLOCKED_PACKAGES"}) {
    const std::string message = refusal(name, "S3cretValue");
    CHECK(message.starts_with(std::string{name} + ": this version does not enforce "));
    CHECK(message.find("S3cretValue") == std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
    CHECK(refusal(name, "") == std::string{name} + ": is empty; unset it");
  }
}

TEST_CASE("not enforced: an environment without demands passes") {
  CHECK(refusal("MCP_PORT", "1").empty());
}

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
