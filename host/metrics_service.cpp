// SPDX-License-Identifier: Apache-2.0
#include "metrics_service.hpp"

#include "config/exposure.hpp"

namespace toolpost {
namespace {

// Few ask, and what they send is small.
constexpr std::size_t kMaxConnections = 32;

transport::HttpOptions options_of(const config::Metrics& config) {
  transport::HttpOptions options;
  options.name = "metrics";
  options.port_choice = "metrics.port";
  options.host = config.host;
  options.port = config.port;
  options.path = transport::MetricsEndpoint::kPath;
  options.max_connections = kMaxConnections;
  options.max_connections_per_address = kMaxConnections;
  return options;
}

}  // namespace

MetricsService::MetricsService(boost::asio::io_context& io, const config::Metrics& config,
                               transport::Admission& admission, std::function<std::string()> page,
                               Log& log)
    : log_(log),
      is_open_(!config::is_loopback(config.host) && config.key.empty()),
      options_(options_of(config)),
      endpoint_(transport::HostRules{config::is_loopback(config.host), {}, {}},
                config.key.empty() ? std::nullopt : std::optional{config.key}, admission,
                std::move(page)),
      server_(io, options_, endpoint_, log) {}

Result<> MetricsService::listen() {
  if (auto listening = server_.listen(); !listening)
    return std::move(listening).error().in("metrics");
  const auto bound = server_.local_endpoint();
  const std::string address = bound.address().to_string();
  if (is_open_) {
    log_.warn("whoever reaches this address can read the metrics; set metrics.key_file",
              {{"address", address}});
  }
  log_.info("metrics", {{"address", address},
                        {"port", std::int64_t{bound.port()}},
                        {"path", transport::MetricsEndpoint::kPath}});
  return {};
}

}  // namespace toolpost
