// SPDX-License-Identifier: Apache-2.0
// The keys of the section http, as part of the table in keys.cpp.
#pragma once

#include "config/keys.hpp"
#include "config/text_rules.hpp"

#include <cstddef>

namespace toolpost::config {

inline constexpr std::size_t kHourMs = 3'600'000;
inline constexpr std::size_t kDayMs = 24 * kHourMs;
inline constexpr std::size_t kMaxWaitMs = 600'000;

inline constexpr Key<Config> kHttpKeys[] = {
    {"http.host",
     [](Config& c) -> Slot { return &c.http.host; },
     {.rule = &kAddress},
     "The address to listen on. Beyond loopback authentication has to be on."},
    {"http.port",
     [](Config& c) -> Slot { return &c.http.port; },
     {.min = 0, .max = 65535},
     "The TCP port; 0 takes a free one, which the log names."},
    {"http.path",
     [](Config& c) -> Slot { return &c.http.path; },
     {.rule = &kUrlPath},
     "The path of the MCP endpoint."},
    {"http.allowed_hosts",
     [](Config& c) -> Slot { return &c.http.allowed_hosts; },
     {.rule = &kHostName},
     "Host headers that are answered when listening beyond loopback. On loopback only localhost "
     "names are, whatever stands here."},
    {"http.allowed_origins",
     [](Config& c) -> Slot { return &c.http.allowed_origins; },
     {.rule = &kOrigin},
     "Values of Origin that are let through, beside those of localhost; any other gets 403. No "
     "CORS "
     "headers are sent."},

    {"http.trusted_proxies",
     [](Config& c) -> Slot { return &c.http.trusted_proxies; },
     {.rule = &kAddressRange},
     "Proxies whose Forwarded, X-Forwarded-For and X-Real-IP are believed. From anybody else these "
     "headers mean nothing."},
    {"http.behind_proxy",
     [](Config& c) -> Slot { return &c.http.behind_proxy; },
     {},
     "Whether TLS ends at a proxy in front. It silences the warning about plain HTTP beyond "
     "loopback and changes nothing else."},
    {"http.shutdown_grace_ms",
     [](Config& c) -> Slot { return &c.http.shutdown_grace_ms; },
     {.min = 0, .max = kMaxWaitMs},
     "At SIGTERM: how long /readyz says no while requests are still taken, in milliseconds. The "
     "default is 10000 where http.trusted_proxies names a proxy."},

    {"http.tls.certificate_file",
     [](Config& c) -> Slot { return &c.http.tls.certificate_file; },
     {.rule = &kPath},
     "PEM: the server's certificate, then its chain. With it and the key HTTP becomes HTTPS."},
    {"http.tls.key_file",
     [](Config& c) -> Slot { return &c.http.tls.key_file; },
     {.rule = &kPath},
     "PEM: the certificate's private key, without a passphrase."},
    {"http.tls.client_ca_file",
     [](Config& c) -> Slot { return &c.http.tls.client_ca_file; },
     {.rule = &kPath},
     "PEM: the authorities whose client certificates are good."},
    {"http.tls.client_certificates",
     [](Config& c) -> Slot { return &c.http.tls.client_certificates; },
     {.rule = &kClientCertificates},
     "Whether clients are asked for a certificate, and whether one without is turned away."},
    {"http.tls.client_users",
     [](Config& c) -> Slot { return &c.http.tls.client_users; },
     {.rule = &kClientUser},
     "Which user a client certificate stands for: a name of its SAN (uri:, dns:, email:) or its "
     "fingerprint (sha256:), then the username."},

    {"http.limits.max_body_bytes",
     [](Config& c) -> Slot { return &c.http.limits.max_body_bytes; },
     {.min = kKiB, .max = 64 * kMiB},
     "Largest body of a request, in bytes."},
    {"http.limits.max_header_bytes",
     [](Config& c) -> Slot { return &c.http.limits.max_header_bytes; },
     {.min = kKiB, .max = 64 * kKiB},
     "Request line and headers together, in bytes."},
    {"http.limits.max_headers",
     [](Config& c) -> Slot { return &c.http.limits.max_headers; },
     {.min = 8, .max = 1024},
     "Number of headers of a request."},
    {"http.limits.max_connections",
     [](Config& c) -> Slot { return &c.http.limits.max_connections; },
     {.min = 1, .max = 100'000},
     "Connections open at once."},
    {"http.limits.max_tls_connections",
     [](Config& c) -> Slot { return &c.http.limits.max_tls_connections; },
     {.min = 1, .max = 100'000},
     "The same with TLS, where a connection costs more memory. Counted before the handshake."},
    {"http.limits.max_connections_per_address",
     [](Config& c) -> Slot { return &c.http.limits.max_connections_per_address; },
     {.min = 1, .max = 100'000},
     "Connections open at once from one address, or one /64 of IPv6. Those of http.trusted_proxies "
     "are not counted."},
    {"http.limits.tls_handshake_timeout_ms",
     [](Config& c) -> Slot { return &c.http.limits.tls_handshake_timeout_ms; },
     {.min = 1, .max = kHourMs},
     "From accepting a connection to the end of the TLS handshake, in milliseconds."},
    {"http.limits.first_byte_timeout_ms",
     [](Config& c) -> Slot { return &c.http.limits.first_byte_timeout_ms; },
     {.min = 1, .max = kHourMs},
     "From accepting a connection to its first byte, in milliseconds."},
    {"http.limits.header_timeout_ms",
     [](Config& c) -> Slot { return &c.http.limits.header_timeout_ms; },
     {.min = 1, .max = kHourMs},
     "From the first byte of a request to the end of its headers, in milliseconds."},
    {"http.limits.body_timeout_ms",
     [](Config& c) -> Slot { return &c.http.limits.body_timeout_ms; },
     {.min = 1, .max = kHourMs},
     "From the end of the headers to the end of the body, in milliseconds."},
    {"http.limits.idle_timeout_ms",
     [](Config& c) -> Slot { return &c.http.limits.idle_timeout_ms; },
     {.min = 1, .max = kHourMs},
     "How long a connection may wait for its next request, in milliseconds."},
    {"http.limits.write_timeout_ms",
     [](Config& c) -> Slot { return &c.http.limits.write_timeout_ms; },
     {.min = 1, .max = kHourMs},
     "How long a client may take no byte of an answer, in milliseconds."},
    {"http.limits.sse_keepalive_ms",
     [](Config& c) -> Slot { return &c.http.limits.sse_keepalive_ms; },
     {.min = 1, .max = kHourMs},
     "Silence on an event stream after which a comment line is sent, in milliseconds."},
    {"http.limits.sse_pause_ms",
     [](Config& c) -> Slot { return &c.http.limits.sse_pause_ms; },
     {.min = 0, .max = kHourMs},
     "After so long a client of 2025-11-25 gets the rest of an answer on another connection, in "
     "milliseconds; 0: never. For proxies that end long responses."},
    {"http.limits.max_listens",
     [](Config& c) -> Slot { return &c.http.limits.max_listens; },
     {.min = 1, .max = 1'000'000},
     "Subscriptions (subscriptions/listen) open at once."},
    {"http.limits.max_listens_per_user",
     [](Config& c) -> Slot { return &c.http.limits.max_listens_per_user; },
     {.min = 1, .max = 1'000'000},
     "Those of one user; without authentication they are not counted."},
    {"http.limits.max_sessions",
     [](Config& c) -> Slot { return &c.http.limits.max_sessions; },
     {.min = 1, .max = 100'000},
     "Sessions kept at once, for clients of the protocol versions that have sessions; the one "
     "unused longest makes room."},
    {"http.limits.session_idle_ms",
     [](Config& c) -> Slot { return &c.http.limits.session_idle_ms; },
     {.min = 1, .max = 7 * kDayMs},
     "What is kept of a session that is unused for so long goes, in milliseconds."},
};

}  // namespace toolpost::config
