// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_network.hpp"

#include "base/unique_fd.hpp"
#include "base/utc_time.hpp"
#include "config/exposure.hpp"
#include "http_setup.hpp"
#include "transport/health_client.hpp"
#include "transport/tls_context.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>

namespace toolpost::cli {
namespace {

using ops::Finding;

constexpr std::chrono::hours kSoon{24 * 14};

struct FreeAddresses {
  void operator()(addrinfo* addresses) const noexcept { ::freeaddrinfo(addresses); }
};

// 0 when the address could be taken, else the errno; -1 when the name has no address.
int try_to_listen(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0) return -1;
  const std::unique_ptr<addrinfo, FreeAddresses> addresses{found};
  const UniqueFd socket{::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!socket) return errno;
  // As the server does: an address that was let go just now can be taken again.
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return ::bind(socket.get(), found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
}

// Whether what answers there says of its health what our server says.
bool is_ours(const config::Config& config) {
  const std::string& host = config.http.host;
  const std::string here = host == "0.0.0.0" ? "127.0.0.1" : (host == "::" ? "::1" : host);
  const auto answer = transport::ask_health({.host = here,
                                             .port = config.http.port,
                                             .path = "/health",
                                             .tls = !config.http.tls.certificate_file.empty()});
  // One that wants a client certificate has told that it is one of ours.
  if (!answer) return answer.error().code() == Errc::kDenied;
  return answer->body.find("\"status\":") != std::string::npos &&
         answer->body.find("\"version\":") != std::string::npos;
}

Finding check_port(const config::Config& config) {
  const config::Http& http = config.http;
  const std::string address = http.host + " port " + std::to_string(http.port);
  const std::string other = "take another one: http.port (MCP_PORT, --port)";
  const int reason = try_to_listen(http.host, http.port);
  if (reason == 0) return {Finding::State::kOk, "http.port", address + " is free"};
  if (reason == -1) {
    return ops::fault("http.port", http.host + " is no address of this machine",
                      "give an address to listen on: http.host (MCP_HOST, --host)");
  }
  if (reason == EADDRINUSE && is_ours(config)) {
    return {Finding::State::kOk, "http.port", address + ": our server serves there"};
  }
  if (reason == EADDRINUSE) {
    return ops::fault("http.port", address + " is taken by another program",
                      other + ", or end what has it: ss -ltnp 'sport = :" +
                          std::to_string(http.port) + "' names it");
  }
  if (reason == EACCES) {
    return ops::fault("http.port", address + " may not be taken by this user",
                      other + " above 1023, with a proxy in front");
  }
  return ops::fault("http.port", address + ": " + std::strerror(reason),
                    "give an address of this machine: http.host (MCP_HOST, --host)");
}

// Beside the port for clients: whoever has that of our server has this one, too.
void check_metrics_port(const config::Config& config, std::vector<Finding>& findings) {
  const config::Metrics& metrics = config.metrics;
  if (!metrics.enabled || metrics.port == 0) return;
  const std::string address = metrics.host + " port " + std::to_string(metrics.port);
  const int reason = try_to_listen(metrics.host, metrics.port);
  if (reason == 0) {
    findings.push_back({Finding::State::kOk, "metrics.port", address + " is free"});
  } else if (reason == EADDRINUSE && config.http.port != 0 &&
             try_to_listen(config.http.host, config.http.port) == EADDRINUSE && is_ours(config)) {
    findings.push_back(
        {Finding::State::kOk, "metrics.port", address + ": our server serves there"});
  } else {
    findings.push_back(ops::fault("metrics.port",
                                  address + " cannot be taken: " +
                                      (reason == -1 ? "it is no address" : std::strerror(reason)),
                                  "take another one: metrics.port, metrics.host"));
  }
}

void check_tls(const config::Config& config, std::vector<Finding>& findings) {
  if (config.http.tls.certificate_file.empty()) return;
  const auto context = transport::TlsContext::load(tls_options(config));
  if (!context) {
    findings.push_back(ops::fault("tls.files", context.error().message(),
                                  "mend http.tls.certificate_file and http.tls.key_file; the "
                                  "server's user must be able to read both"));
    return;
  }
  using Clock = std::chrono::system_clock;
  const auto end = (*context)->expires();
  const std::string text =
      config.http.tls.certificate_file + ", until " + to_utc_time(Clock::to_time_t(end));
  const std::string remedy =
      "renew it, then replace the files: the server takes them within two seconds, or at SIGHUP";
  if (end <= Clock::now()) {
    findings.push_back(ops::fault("tls.expiry", text + ": that is over", remedy));
  } else if (end - Clock::now() < kSoon) {
    findings.push_back({Finding::State::kWarning, "tls.expiry", text, remedy});
  } else {
    findings.push_back({Finding::State::kOk, "tls.expiry", text});
  }
}

}  // namespace

void check_network(const config::Config& config, std::vector<Finding>& findings) {
  if (const auto exposed = config::check_exposure(config); !exposed) {
    findings.push_back(
        ops::fault("http.exposure", exposed.error().message(),
                   "set auth.users (MCP_ENABLE_USER_AUTH), or http.host to 127.0.0.1"));
  }
  if (const auto http = check_http(config); !http) {
    findings.push_back(
        ops::fault("http.config", http.error().message(), "mend it where it stands"));
    return;
  }
  if (config.http.port == 0) {
    findings.push_back({Finding::State::kOk, "http.port", "a free one, which the log names"});
  } else {
    findings.push_back(check_port(config));
  }
  check_metrics_port(config, findings);
  check_tls(config, findings);
}

}  // namespace toolpost::cli
