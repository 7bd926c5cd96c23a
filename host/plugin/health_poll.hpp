// SPDX-License-Identifier: Apache-2.0
// Knows how the plugins are, without ever waiting for one: asks them on worker threads when
// somebody wants to know and the last answer is old, and keeps what they said.
#pragma once

#include "async/mailbox.hpp"
#include "async/worker_pool.hpp"
#include "plugin/instance.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace toolpost::plugin {

struct PluginHealth {
  std::string id;
  bool is_well = true;
  std::string facts;  // a JSON object as the plugin wrote it; empty: none
};

// Belongs to the I/O thread, lives as long as the process.
class HealthPoll {
 public:
  using Clock = std::chrono::steady_clock;

  // How often a plugin is asked at most, and how long its answer may take.
  static constexpr std::chrono::seconds kInterval{10};

  // `changed` runs after every answer.
  HealthPoll(boost::asio::io_context& io, async::WorkerPool& pool,
             const std::vector<Instance*>& plugins, std::function<void()> changed);

  // Others from now on; of those that stay the last answer does, too.
  void use(const std::vector<Instance*>& plugins);

  // Asks the plugins whose last answer is older than kInterval. Costs nothing else.
  void refresh(Clock::time_point now);
  // As of the last answers.
  std::vector<PluginHealth> report(Clock::time_point now) const;

  void stop() noexcept { stopped_ = true; }

 private:
  struct Entry {
    Instance* instance;
    HealthReport last;
    Clock::time_point asked{};
    bool was_asked = false;
    bool is_asking = false;
  };

  struct Answer {
    Instance* instance;
    HealthReport report;
  };

  class AskJob;

  Entry* find(const Instance* instance);

  async::WorkerPool& pool_;
  std::vector<Entry> entries_;
  std::size_t threads_ = 0;  // of the pool that are there for this
  bool stopped_ = false;
  async::Mailbox<Answer> answers_;
};

}  // namespace toolpost::plugin
