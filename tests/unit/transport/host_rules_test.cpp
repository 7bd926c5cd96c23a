// SPDX-License-Identifier: Apache-2.0
#include "transport/host_rules.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

TEST_CASE("host rules: on loopback only names of this machine pass") {
  const transport::HostRules rules{true, {"ignored.example"}, {"https://app.example"}};
  for (const std::string_view host :
       {"localhost", "LOCALHOST:80", "127.0.0.1:8000", "127.1.2.3", "[::1]:9", "[::1]"}) {
    CAPTURE(host);
    CHECK(rules.allows_host(host));
  }
  for (const std::string_view host :
       {"evil.example", "localhost.evil.example", "localhost:x", "127.0.0.1.evil.example", "",
        "[::1", "localhost:", "ignored.example"}) {
    CAPTURE(host);
    CHECK_FALSE(rules.allows_host(host));
  }
  CHECK(rules.allows_origin("http://localhost:3000"));
  CHECK(rules.allows_origin("https://app.example"));
  for (const std::string_view origin : {"null", "http://evil.example", "https://app.example.evil",
                                        "file://", "http://localhost@evil.example"}) {
    CAPTURE(origin);
    CHECK_FALSE(rules.allows_origin(origin));
  }
}

TEST_CASE("host rules: elsewhere the operator's list decides") {
  const transport::HostRules rules{false, {"mcp.example"}, {}};
  CHECK(rules.allows_host("mcp.example:8443"));
  CHECK_FALSE(rules.allows_host("localhost"));
  CHECK_FALSE(rules.allows_origin("http://localhost"));
  CHECK(transport::HostRules{false, {}, {}}.allows_host("anything"));
}
