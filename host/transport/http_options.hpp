// SPDX-License-Identifier: Apache-2.0
// What the HTTP transport is told at start. The operator's names, defaults and ranges for these are
// in host/config/keys.cpp.
#pragma once

#include "transport/address_range.hpp"
#include "transport/client_certificate.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace toolpost::transport {

struct HttpOptions {
  std::string name = "http";           // its keys begin with it
  std::string port_choice = "--port";  // what chooses another port
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;
  std::string path = "/mcp";
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> allowed_origins;
  AddressRanges trusted_proxies;
  ClientUsers client_users;

  std::size_t max_body_bytes = std::size_t{1} << 20;
  std::size_t max_header_bytes = std::size_t{16} << 10;
  std::size_t max_headers = 64;
  std::size_t max_connections = 10'000;
  std::size_t max_tls_connections = 4'096;
  std::size_t max_connections_per_address = 256;  // trusted proxies are not counted
  std::size_t max_sessions = 1'024;
  std::size_t json_depth = 64;
  std::size_t json_members = 1'024;
  std::size_t json_values = 1'000'000;

  std::chrono::milliseconds tls_handshake_timeout{10'000};
  std::chrono::milliseconds first_byte_timeout{10'000};
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{15'000};
  std::chrono::milliseconds idle_timeout{65'000};
  std::chrono::milliseconds write_timeout{30'000};
  std::chrono::milliseconds sse_keepalive{15'000};
  std::chrono::milliseconds session_idle{1'800'000};
  std::chrono::milliseconds sse_pause{0};  // 0: streams are not paused
  std::chrono::milliseconds sse_retry{1'000};
};

// Not configurable: a target longer than this names nothing here.
inline constexpr std::size_t kMaxTargetBytes = 2048;

}  // namespace toolpost::transport
