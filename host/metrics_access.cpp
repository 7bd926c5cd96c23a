// SPDX-License-Identifier: Apache-2.0
// The part of the page that is about who comes in, what they may not, and connections.
#include "metrics_page.hpp"

#include <algorithm>
#include <chrono>

namespace toolpost {
namespace {

using ops::Exposition;

void write_credentials(Exposition& out, const transport::Admission::Counts& counts) {
  out.counter("toolpost_auth_accepted_total", "HTTP requests whose caller was let in.")
      .sample(counts.accepted);
  out.counter("toolpost_auth_refused_total",
              "HTTP requests whose caller was not, by cause; those of this listener, too.")
      .sample(counts.missing, {{"cause", "missing"}})
      .sample(counts.wrong, {{"cause", "wrong"}})
      .sample(counts.certificate, {{"cause", "certificate"}})
      .sample(counts.both, {{"cause", "both"}});
}

void write_keys(Exposition& out, const identity::UserTable& users) {
  out.gauge("toolpost_users", "Users in the store, disabled ones included.")
      .sample(std::uint64_t{users.size()});
  const auto oldest = users.oldest_key();
  if (!oldest) return;
  out.gauge("toolpost_user_key_oldest_created_timestamp_seconds",
            "When the oldest key of an enabled user was made, in seconds since 1970. Keys that "
            "had expired when the store was last changed are left out.")
      .sample(std::int64_t{*oldest});
}

void write_rates(Exposition& out, const MetricSources& sources) {
  const call::Access::Refused& refused = sources.access.refused();
  out.counter("toolpost_rate_limited_total", "Requests that were told to come later, by limit.")
      .sample(refused.principal, {{"limit", "principal"}})
      .sample(refused.address, {{"limit", "address"}})
      .sample(refused.tool, {{"limit", "tool"}})
      .sample(refused.concurrency, {{"limit", "concurrency"}});
  if (sources.admission == nullptr) return;
  out.sample(sources.admission->counts().told_to_wait, {{"limit", "failures"}});
}

void write_connections(Exposition& out, const transport::HttpServer& http,
                       const transport::HttpOptions& options) {
  const transport::HttpCounts& counts = http.counts();
  const std::size_t limit = http.tls() == nullptr
                                ? options.max_connections
                                : std::min(options.max_connections, options.max_tls_connections);
  out.gauge("toolpost_http_connections", "Open connections.").sample(std::uint64_t{http.open()});
  out.gauge("toolpost_http_connections_limit", "How many may be open.")
      .sample(std::uint64_t{limit});
  out.counter("toolpost_http_connections_accepted_total", "Connections that were taken.")
      .sample(counts.accepted);
  out.counter("toolpost_http_connections_refused_total",
              "Connections that were turned away: there were too many, or too many of one address.")
      .sample(counts.refused_full, {{"cause", "total"}})
      .sample(counts.refused_address, {{"cause", "address"}});
  out.counter("toolpost_http_responses_total", "Answers, by status.");
  for (std::size_t status = 0; status < counts.responses.size(); ++status) {
    const std::uint64_t count = counts.responses[status];
    if (count != 0 || status == 200) out.sample(count, {{"code", std::to_string(status)}});
  }
  out.counter("toolpost_http_received_bytes_total", "Bytes of requests, without those of TLS.")
      .sample(counts.bytes_in);
  out.counter("toolpost_http_sent_bytes_total", "Bytes of answers, without those of TLS.")
      .sample(counts.bytes_out);
  out.gauge("toolpost_http_streams", "Answers that are open event streams.")
      .sample(std::uint64_t{counts.streaming});
}

void write_tls(Exposition& out, const transport::HttpServer& http) {
  if (http.tls() == nullptr) return;
  const auto since_1970 = http.tls()->expires().time_since_epoch();
  out.gauge("toolpost_tls_certificate_expiry_timestamp_seconds",
            "When the server's certificate ends, in seconds since 1970.")
      .sample(std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(since_1970).count()});
  out.counter("toolpost_tls_handshakes_failed_total", "TLS handshakes that failed.")
      .sample(http.counts().handshakes_failed);
}

}  // namespace

void write_access_metrics(Exposition& out, const MetricSources& sources) {
  if (sources.admission != nullptr) write_credentials(out, sources.admission->counts());
  if (sources.authenticator.users()) write_keys(out, *sources.authenticator.users());
  out.counter("toolpost_denials_total", "What a role may not use and was asked for, by role.");
  for (const auto& [role, count] : sources.dispatcher.counts().denials()) {
    out.sample(count, {{"role", role}});
  }
  if (sources.policy != nullptr) {
    out.counter("toolpost_package_denials_total", "Packages that the policy has denied.")
        .sample(sources.policy->denied_packages());
    out.counter("toolpost_project_denials_total", "Projects that a role was denied.")
        .sample(sources.policy->denied_projects());
  }
  write_rates(out, sources);
}

void write_http_metrics(Exposition& out, const MetricSources& sources) {
  if (sources.http != nullptr) {
    write_connections(out, *sources.http, *sources.http_options);
    write_tls(out, *sources.http);
  }
  if (sources.endpoint != nullptr) {
    out.gauge("toolpost_sessions", "Sessions of older clients that are kept here.")
        .sample(std::uint64_t{sources.endpoint->sessions()});
  }
  out.gauge("toolpost_subscriptions", "Open subscriptions (subscriptions/listen).")
      .sample(std::uint64_t{sources.dispatcher.listening()});
  out.counter("toolpost_subscriptions_cut_off_total",
              "Subscriptions that were ended because their clients did not read.")
      .sample(sources.dispatcher.counts().fallen_behind());
}

}  // namespace toolpost
