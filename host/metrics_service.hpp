// SPDX-License-Identifier: Apache-2.0
// The listener for metrics, apart from the one for clients: who may scrape has nothing to do with
// who may call, and a full house on one side leaves the other alone.
#pragma once

#include "base/log.hpp"
#include "config/config.hpp"
#include "transport/http_server.hpp"
#include "transport/metrics_endpoint.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <string>

namespace toolpost {

// Belongs to the I/O thread.
class MetricsService {
 public:
  MetricsService(boost::asio::io_context& io, const config::Metrics& config,
                 transport::Admission& admission, std::function<std::string()> page, Log& log);

  // Says in the log where.
  Result<> listen();

  void finish() { server_.finish(); }

 private:
  Log& log_;
  const bool is_open_;  // beyond this machine, and without a key
  const transport::HttpOptions options_;
  transport::MetricsEndpoint endpoint_;
  transport::HttpServer server_;
};

}  // namespace toolpost
