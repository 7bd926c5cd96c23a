// SPDX-License-Identifier: Apache-2.0
#include "config/exposure.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <string>

namespace toolpost::config {

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  const std::string text{host};
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  std::array<unsigned char, 16> v6{};
  if (inet_pton(AF_INET6, text.c_str(), v6.data()) != 1) return false;
  return std::all_of(v6.begin(), v6.end() - 1, [](unsigned char byte) { return byte == 0; }) &&
         v6.back() == 1;
}

Result<> check_exposure(const Config& config) {
  const config::Auth& auth = config.auth;
  if (is_loopback(config.http.host) || auth.enabled || auth.users || auth.single_key) return {};
  const auto origin = config.origins.find("http.host");
  const std::string by = origin == config.origins.end() ? "http.host" : origin->second;
  return Error{Errc::kDenied,
               by + ": HTTP on " + config.http.host +
                   " would be open to everyone who reaches it; switch authentication "
                   "on (MCP_ENABLE_AUTH, MCP_ENABLE_USER_AUTH), or listen on "
                   "127.0.0.1, ::1 or localhost"};
}

}  // namespace toolpost::config
