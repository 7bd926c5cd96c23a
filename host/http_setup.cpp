// SPDX-License-Identifier: Apache-2.0
#include "http_setup.hpp"

#include "base/milliseconds.hpp"
#include "config/exposure.hpp"
#include "health_service.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <optional>
#include <tuple>

namespace toolpost {
namespace {

namespace ip = boost::asio::ip;

// As a listener reads it (transport/http_server.cpp).
std::optional<ip::address> address_of(const std::string& host) {
  if (host == "localhost") return ip::address_v4::loopback();
  boost::system::error_code ec;
  const auto address = ip::make_address(host, ec);
  return ec ? std::nullopt : std::optional{address};
}

// Whether who listens at one of them keeps everybody else from the same port of the other.
bool overlap(const ip::address& one, const ip::address& other) {
  const auto takes = [](const ip::address& wide, const ip::address& narrow) {
    // [::] is that of the older family, too.
    return wide.is_unspecified() && (wide.is_v6() || narrow.is_v4());
  };
  return one == other || takes(one, other) || takes(other, one);
}

// The place of a key in the file, or its name.
std::string where(const config::Config& config, const std::string& key) {
  const auto origin = config.origins.find(key);
  return origin == config.origins.end() ? key : origin->second + ": " + key;
}

}  // namespace

Result<transport::HttpOptions> http_options(const config::Config& config) {
  const config::HttpLimits& limits = config.http.limits;
  auto proxies = transport::AddressRanges::parse(config.http.trusted_proxies);
  if (!proxies) return proxies.error().in(where(config, "http.trusted_proxies"));
  auto users = transport::ClientUsers::parse(config.http.tls.client_users);
  if (!users) return users.error().in(where(config, "http.tls.client_users"));
  return transport::HttpOptions{.host = config.http.host,
                                .port = config.http.port,
                                .path = config.http.path,
                                .allowed_hosts = config.http.allowed_hosts,
                                .allowed_origins = config.http.allowed_origins,
                                .trusted_proxies = std::move(*proxies),
                                .client_users = std::move(*users),
                                .max_body_bytes = limits.max_body_bytes,
                                .max_header_bytes = limits.max_header_bytes,
                                .max_headers = limits.max_headers,
                                .max_connections = limits.max_connections,
                                .max_tls_connections = limits.max_tls_connections,
                                .max_connections_per_address = limits.max_connections_per_address,
                                .max_sessions = limits.max_sessions,
                                .json_depth = config.json.max_depth,
                                .json_members = config.json.max_members,
                                .json_values = config.json.max_values,
                                .tls_handshake_timeout = ms(limits.tls_handshake_timeout_ms),
                                .first_byte_timeout = ms(limits.first_byte_timeout_ms),
                                .header_timeout = ms(limits.header_timeout_ms),
                                .body_timeout = ms(limits.body_timeout_ms),
                                .idle_timeout = ms(limits.idle_timeout_ms),
                                .write_timeout = ms(limits.write_timeout_ms),
                                .sse_keepalive = ms(limits.sse_keepalive_ms),
                                .session_idle = ms(limits.session_idle_ms),
                                .sse_pause = ms(limits.sse_pause_ms)};
}

transport::TlsOptions tls_options(const config::Config& config) {
  using transport::ClientCertificates;
  const config::Tls& tls = config.http.tls;
  auto clients = ClientCertificates::kOff;
  if (tls.client_certificates == "optional") clients = ClientCertificates::kOptional;
  if (tls.client_certificates == "required") clients = ClientCertificates::kRequired;
  return {.certificate_file = tls.certificate_file,
          .key_file = tls.key_file,
          .client_ca_file = tls.client_ca_file,
          .client_certificates = clients};
}

namespace {

Result<> check_addresses(const config::Config& config) {
  const config::Metrics& metrics = config.metrics;
  const auto clients = address_of(config.http.host);
  const auto scrapers = address_of(metrics.host);
  for (const auto& [key, host, address] : {std::tuple{"http.host", config.http.host, clients},
                                           std::tuple{"metrics.host", metrics.host, scrapers}}) {
    if (address) continue;
    return invalid(where(config, key) + ": \"" + host +
                   "\" is not an IP address; names are not looked up, other than localhost");
  }
  const bool same_port = metrics.enabled && metrics.port != 0 && metrics.port == config.http.port;
  if (!same_port || !overlap(*clients, *scrapers)) return {};
  return invalid(where(config, "metrics.port") + ": " + std::to_string(metrics.port) +
                 " is the port for clients (http.port); choose another one");
}

}  // namespace

Result<> check_http(const config::Config& config) {
  if (auto options = http_options(config); !options) return options.error();
  if (auto sound = check_addresses(config); !sound) return sound;
  const auto taken = HealthService::paths();
  if (std::find(taken.begin(), taken.end(), config.http.path) != taken.end()) {
    return invalid(where(config, "http.path") + ": " + config.http.path +
                   " is where health is asked for; choose another path");
  }
  const config::Tls& tls = config.http.tls;
  if (!tls.client_users.empty() && tls.client_certificates == "off") {
    return invalid(where(config, "http.tls.client_users") +
                   ": no client is asked for a certificate; set http.tls.client_certificates");
  }
  if (!tls.client_users.empty() && !config.auth.users) {
    return invalid(where(config, "http.tls.client_users") +
                   ": there are no users without user mode; set auth.users (MCP_ENABLE_USER_AUTH)");
  }
  return transport::check_tls_options(tls_options(config));
}

void warn_of_plain_http(const config::Config& config, Log& log) {
  const bool is_safe = config::is_loopback(config.http.host) ||
                       !config.http.tls.certificate_file.empty() || config.http.behind_proxy;
  if (is_safe) return;
  log.warn(
      "API keys travel unencrypted to this address; set http.tls.certificate_file and "
      "http.tls.key_file, or http.behind_proxy where a proxy ends TLS",
      {{"address", config.http.host}});
}

}  // namespace toolpost
