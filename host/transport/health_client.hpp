// SPDX-License-Identifier: Apache-2.0
// Asks a server of ours for its health, as a client on the same machine does.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace toolpost::transport {

struct HealthQuestion {
  std::string host;  // an address or a name
  std::uint16_t port = 0;
  std::string path;  // "/livez"
  bool tls = false;
  std::chrono::milliseconds patience{5'000};  // for all of it, but not for looking up a name
};

struct HealthAnswer {
  int status = 0;
  std::string body;  // the first 64 KiB of the whole answer at most
};

// Blocks, in any thread; SIGPIPE has to be ignored. A certificate is not verified: its names are
// those of the outside, and nothing secret is sent. kDenied: a server is there and turns, but talks
// only to those who have a client certificate.
Result<HealthAnswer> ask_health(const HealthQuestion& question);

}  // namespace toolpost::transport
