// SPDX-License-Identifier: Apache-2.0
// Who is at the other end: of the connection, or of the trusted proxy at its other end.
#pragma once

#include <optional>
#include <string>

namespace toolpost::transport {

struct Peer {
  // An IP address without a port: the client's. Where a trusted proxy forwards, it belongs to the
  // request that is being served and not to the connection.
  std::string address;
  // What the client is counted by, see site_of().
  std::string site{};
  // Whom http.tls.client_users names for the certificate that the client has proven to hold. Not
  // yet looked up among the users.
  std::optional<std::string> certificate_user{};
};

}  // namespace toolpost::transport
