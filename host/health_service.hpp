// SPDX-License-Identifier: Apache-2.0
// Puts what ops/ knows about health onto the paths that transport/ serves.
#pragma once

#include "async/worker_pool.hpp"
#include "ops/health.hpp"
#include "plugin/health_poll.hpp"
#include "transport/probe_endpoint.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <string>
#include <vector>

namespace toolpost {

// Belongs to the I/O thread, lives as long as the process.
class HealthService {
 public:
  HealthService(boost::asio::io_context& io, async::WorkerPool& pool,
                const std::vector<plugin::Instance*>& plugins, transport::HostRules rules);

  void add_check(std::string name, std::function<ops::ReadyCheck()> check) {
    health_.add_check(std::move(name), std::move(check));
  }

  // Names the plugins whose circuit is open, each once; asked when /health is made.
  void watch_circuits(std::function<std::vector<std::string>()> open_circuits) {
    open_circuits_ = std::move(open_circuits);
  }

  // Names the plugins that are enabled and have not started; asked when /health is made.
  void watch_starts(std::function<std::vector<std::string>()> not_started) {
    not_started_ = std::move(not_started);
  }

  // The plugins are others now.
  void use(const std::vector<plugin::Instance*>& plugins) {
    poll_.use(plugins);
    answered_ = {};
  }

  void begin_draining();

  transport::HttpEndpoint& endpoint() noexcept { return endpoint_; }

  static std::vector<std::string> paths() { return {"/livez", "/readyz", "/health"}; }

 private:
  using Clock = std::chrono::steady_clock;

  transport::ProbeEndpoint::Answer health();
  void ask_regularly();

  ops::Health health_;
  plugin::HealthPoll poll_;
  transport::ProbeEndpoint endpoint_;
  std::function<std::vector<std::string>()> open_circuits_;
  std::function<std::vector<std::string>()> not_started_;
  ops::HealthAnswer answer_;  // of /health
  Clock::time_point answered_{};
  boost::asio::steady_timer timer_;
};

}  // namespace toolpost
