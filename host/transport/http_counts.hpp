// SPDX-License-Identifier: Apache-2.0
// What one listener counts, for /metrics (config/metrics.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace toolpost::transport {

// Belongs to the I/O thread.
struct HttpCounts {
  std::uint64_t accepted = 0;
  std::uint64_t refused_full = 0;     // max_connections or max_tls_connections
  std::uint64_t refused_address = 0;  // max_connections_per_address
  std::uint64_t handshakes_failed = 0;
  std::uint64_t bytes_in = 0;                  // what TLS carries, not its own
  std::uint64_t bytes_out = 0;                 // likewise; also what a client has not taken yet
  std::size_t streaming = 0;                   // answers that are event streams, at present
  std::array<std::uint64_t, 600> responses{};  // by status

  void responded(int status) noexcept {
    if (status >= 0 && static_cast<std::size_t>(status) < responses.size()) {
      ++responses[static_cast<std::size_t>(status)];
    }
  }
};

}  // namespace toolpost::transport
