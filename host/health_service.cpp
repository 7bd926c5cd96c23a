// SPDX-License-Identifier: Apache-2.0
#include "health_service.hpp"

#include "base/build_info.hpp"

namespace toolpost {
namespace {

// /health is made anew when a plugin has answered, and when one may have become late.
constexpr std::chrono::seconds kKept{1};

transport::ProbeEndpoint::Answer to_answer(ops::HealthAnswer answer) {
  return {answer.status, std::move(answer.json)};
}

}  // namespace

HealthService::HealthService(boost::asio::io_context& io, async::WorkerPool& pool,
                             const std::vector<plugin::Instance*>& plugins,
                             transport::HostRules rules)
    : health_(std::string{kVersion}),
      poll_(io, pool, plugins, [this] { answered_ = {}; }),
      endpoint_(std::move(rules)),
      timer_(io) {
  endpoint_.add("/livez", [] { return to_answer(ops::Health::livez()); });
  endpoint_.add("/readyz", [this] { return to_answer(health_.readyz()); });
  endpoint_.add("/health", [this] { return health(); });
  ask_regularly();
}

// Whoever looks once a minute shall not read what was so a minute ago.
void HealthService::ask_regularly() {
  poll_.refresh(Clock::now());
  timer_.expires_after(plugin::HealthPoll::kInterval);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) ask_regularly();
  });
}

void HealthService::begin_draining() {
  health_.begin_draining();
  poll_.stop();
  timer_.cancel();
}

transport::ProbeEndpoint::Answer HealthService::health() {
  const auto now = Clock::now();
  if (answered_ == Clock::time_point{} || now - answered_ > kKept) {
    answer_ = health_.health(poll_.report(now),
                             open_circuits_ ? open_circuits_() : std::vector<std::string>{},
                             not_started_ ? not_started_() : std::vector<std::string>{});
    answered_ = now;
  }
  return to_answer(answer_);
}

}  // namespace toolpost
