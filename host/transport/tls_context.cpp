// SPDX-License-Identifier: Apache-2.0
#include "transport/tls_context.hpp"

#include "base/freed.hpp"
#include "base/secret.hpp"
#include "transport/tls_files.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string_view>

namespace toolpost::transport {
namespace {

// Of TLS 1.2; those of 1.3 are all of this kind.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

constexpr int kMaxChain = 8;

using UniqueBio = std::unique_ptr<BIO, Freed<BIO_free>>;
using UniqueX509 = std::unique_ptr<X509, Freed<X509_free>>;
using UniqueKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

UniqueBio bio_of(const Secret& text) {
  const std::string_view bytes = text.reveal();
  return UniqueBio{BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))};
}

// What OpenSSL thinks went wrong last; its queue is empty afterwards.
std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "unknown reason" : reason;
}

// Instead of OpenSSL's own, which asks on the terminal.
int no_password(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Result<UniqueX509> use_certificate(SSL_CTX* context, const std::string& path) {
  const auto text = read_tls_file(path, FileUse::kPublic);
  if (!text) return text.error();
  const UniqueBio bio = bio_of(*text);
  UniqueX509 leaf{PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr)};
  if (!leaf) {
    ERR_clear_error();
    return invalid(path +
                   ": holds no certificate in PEM form, which begins with BEGIN CERTIFICATE");
  }
  // Also refuses keys that are too short for the security level.
  if (SSL_CTX_use_certificate(context, leaf.get()) != 1) {
    return invalid(path + ": the certificate cannot be used: " + openssl_reason());
  }
  while (UniqueX509 next{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) {
      return invalid(path + ": the chain cannot be used: " + openssl_reason());
    }
  }
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (ERR_GET_REASON(code) != PEM_R_NO_START_LINE) {
    return invalid(path + ": what follows the first certificate is no certificate");
  }
  return leaf;
}

Result<> use_key(SSL_CTX* context, const TlsOptions& options) {
  const auto text = read_tls_file(options.key_file, FileUse::kPrivate);
  if (!text) return text.error();
  bool asked = false;
  const UniqueKey key{PEM_read_bio_PrivateKey(bio_of(*text).get(), nullptr, no_password, &asked)};
  ERR_clear_error();
  if (!key && asked) {
    return invalid(options.key_file +
                   ": the private key is encrypted; give one without a passphrase, readable by "
                   "this user alone");
  }
  if (!key) {
    return invalid(options.key_file +
                   ": holds no private key in PEM form, which begins with BEGIN PRIVATE KEY");
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return invalid(options.key_file + ": is not the key of the certificate in " +
                   options.certificate_file + "; give the pair that belongs together");
  }
  return {};
}

Result<> use_client_ca(SSL_CTX* context, const TlsOptions& options) {
  if (options.client_certificates == ClientCertificates::kOff) return {};
  const auto text = read_tls_file(options.client_ca_file, FileUse::kPublic);
  if (!text) return text.error();
  const UniqueBio bio = bio_of(*text);
  int count = 0;
  while (UniqueX509 ca{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca.get()) != 1 ||
        SSL_CTX_add_client_CA(context, ca.get()) != 1) {
      return invalid(options.client_ca_file + ": cannot be used: " + openssl_reason());
    }
    ++count;
  }
  ERR_clear_error();
  if (count == 0) {
    return invalid(options.client_ca_file +
                   ": holds no certificate in PEM form, which begins with BEGIN CERTIFICATE");
  }
  const int required = options.client_certificates == ClientCertificates::kRequired
                           ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT
                           : 0;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | required, nullptr);
  SSL_CTX_set_verify_depth(context, kMaxChain);
  return {};
}

// RFC 7301: whoever speaks something else than HTTP/1.1 hears so in the handshake.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned in_size, void*) {
  constexpr std::string_view kHttp11{"\x08http/1.1", 9};
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_size,
                                          reinterpret_cast<const unsigned char*>(kHttp11.data()),
                                          static_cast<unsigned>(kHttp11.size()), in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<> set_rules(SSL_CTX* context) {
  const bool done = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                    SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
                    SSL_CTX_set_cipher_list(context, kCiphers) == 1;
  if (!done) return Error{Errc::kInternal, "OpenSSL: " + openssl_reason()};
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                   SSL_OP_NO_TICKET);
  // A resumed session would outlive a certificate that was withdrawn, and cost memory meanwhile.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  // Connections wait most of their life: then they hold no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // The length of a record and what follows it in one read.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return {};
}

TlsContext::Time end_of(const X509& certificate) {
  int days = 0;
  int seconds = 0;
  const auto now = std::chrono::system_clock::now();
  if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(&certificate)) != 1) return now;
  return now + std::chrono::hours{24} * days + std::chrono::seconds{seconds};
}

}  // namespace

void SslFree::operator()(SSL* ssl) const noexcept {
  SSL_free(ssl);
}

void TlsContext::Free::operator()(SSL_CTX* context) const noexcept {
  SSL_CTX_free(context);
}

TlsContext::TlsContext(Context context, Time expires)
    : context_(std::move(context)), expires_(expires) {}

TlsContext::~TlsContext() = default;

Result<> check_tls_options(const TlsOptions& options) {
  const bool asks_clients = options.client_certificates != ClientCertificates::kOff;
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return invalid(
        "http.tls.certificate_file and http.tls.key_file belong together; give both or none");
  }
  if (options.certificate_file.empty() && (asks_clients || !options.client_ca_file.empty())) {
    return invalid(
        "http.tls: client certificates need TLS; give http.tls.certificate_file and "
        "http.tls.key_file");
  }
  if (asks_clients && options.client_ca_file.empty()) {
    return invalid(
        "http.tls.client_certificates: whose certificates are good is not said; give "
        "http.tls.client_ca_file");
  }
  return {};
}

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsOptions& options) {
  ERR_clear_error();
  if (auto sound = check_tls_options(options); !sound) return sound.error();
  Context context{SSL_CTX_new(TLS_server_method())};
  if (!context) return Error{Errc::kLimit, "OpenSSL: " + openssl_reason()};
  if (auto set = set_rules(context.get()); !set) return set.error();
  auto leaf = use_certificate(context.get(), options.certificate_file);
  if (!leaf) return leaf.error();
  if (auto used = use_key(context.get(), options); !used) return used.error();
  if (auto used = use_client_ca(context.get(), options); !used) return used.error();
  return std::shared_ptr<const TlsContext>{new TlsContext{std::move(context), end_of(**leaf)}};
}

UniqueSsl TlsContext::new_session() const noexcept {
  UniqueSsl ssl{SSL_new(context_.get())};
  if (ssl) SSL_set_accept_state(ssl.get());
  return ssl;
}

}  // namespace toolpost::transport
