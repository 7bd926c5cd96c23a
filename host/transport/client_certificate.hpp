// SPDX-License-Identifier: Apache-2.0
// What a client's certificate says of its holder, and which user that is.
#pragma once

#include "base/error.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct x509_st;  // OpenSSL's X509

namespace toolpost::transport {

struct ClientCertificate {
  std::string fingerprint;         // "sha256:" and 64 lower-case hexadecimal digits
  std::vector<std::string> names;  // of the SAN: "uri:...", "dns:...", "email:..."
};

// Whether the certificate is valid is not asked here: the handshake has checked it.
ClientCertificate read_client_certificate(const x509_st& certificate);

// http.tls.client_users: who holds which certificate.
class ClientUsers {
 public:
  ClientUsers() = default;

  // Entries "uri:spiffe://example/agent = ann", with dns:, email: or sha256: in front.
  static Result<ClientUsers> parse(const std::vector<std::string>& entries);

  // The fingerprint decides where it is listed, else the names. Nobody when none is listed, and
  // when two of them mean different users.
  std::optional<std::string> user_of(const ClientCertificate& certificate) const;

 private:
  std::map<std::string, std::string, std::less<>> users_;
};

}  // namespace toolpost::transport
