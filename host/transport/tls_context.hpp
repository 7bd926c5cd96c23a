// SPDX-License-Identifier: Apache-2.0
// A certificate with its key, and the rules of every TLS connection: 1.2 and 1.3, ciphers that
// authenticate what they encrypt, ephemeral keys, no compression, no renegotiation, no resumption.
#pragma once

#include "base/error.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <string>

struct ssl_st;      // OpenSSL's SSL
struct ssl_ctx_st;  // and SSL_CTX

namespace toolpost::transport {

enum class ClientCertificates { kOff, kOptional, kRequired };

struct TlsOptions {
  std::string certificate_file;  // PEM: the server's certificate, then its chain. Empty: no TLS
  std::string key_file;          // PEM
  std::string client_ca_file;    // PEM: whose certificates clients may show
  ClientCertificates client_certificates = ClientCertificates::kOff;
};

// Wrong combinations, without a look at the files.
Result<> check_tls_options(const TlsOptions& options);

struct SslFree {
  void operator()(ssl_st* ssl) const noexcept;
};

using UniqueSsl = std::unique_ptr<ssl_st, SslFree>;

// Immutable. Connections keep what they need of it, so it may go while they go on.
class TlsContext {
 public:
  using Time = std::chrono::system_clock::time_point;

  // Reads the files; blocks. Every error names the file, and what mends it where that is known.
  static Result<std::shared_ptr<const TlsContext>> load(const TlsOptions& options);

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // The server's side of one connection; null when memory has run out.
  UniqueSsl new_session() const noexcept;

  // The end of the server's certificate.
  Time expires() const noexcept { return expires_; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };

  using Context = std::unique_ptr<ssl_ctx_st, Free>;

  TlsContext(Context context, Time expires);

  Context context_;
  Time expires_;
};

}  // namespace toolpost::transport
