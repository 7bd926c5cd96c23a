// SPDX-License-Identifier: Apache-2.0
// Who is at the other end of a connection, as far as the connection itself tells.
#pragma once

#include <string>

namespace toolpost::transport {

struct Peer {
  std::string address;  // an IP address without a port
};

}  // namespace toolpost::transport
