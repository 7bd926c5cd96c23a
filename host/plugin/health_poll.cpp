// SPDX-License-Identifier: Apache-2.0
#include "plugin/health_poll.hpp"

namespace toolpost::plugin {

class HealthPoll::AskJob final : public async::Job {
 public:
  AskJob(HealthPoll& poll, std::size_t place)
      : poll_(poll), instance_(*poll.entries_[place].instance), place_(place) {}

  void run() noexcept override { poll_.answers_.send({place_, instance_.ask_health()}); }

 private:
  HealthPoll& poll_;
  Instance& instance_;
  std::size_t place_;
};

HealthPoll::HealthPoll(boost::asio::io_context& io, async::WorkerPool& pool,
                       const std::vector<Instance*>& plugins, std::function<void()> changed)
    : pool_(pool), answers_(io, [this, changed = std::move(changed)](Answer answer) {
        Entry& entry = entries_[answer.place];
        entry.is_asking = false;
        entry.last = std::move(answer.report);
        changed();
      }) {
  for (Instance* plugin : plugins) entries_.push_back({.instance = plugin, .last = {}});
  // One that does not come back holds a thread, and must not hold one of another plugin.
  pool_.raise_limit(entries_.size());
}

void HealthPoll::refresh(Clock::time_point now) {
  if (stopped_) return;
  for (std::size_t place = 0; place < entries_.size(); ++place) {
    Entry& entry = entries_[place];
    if (entry.is_asking || (entry.was_asked && now - entry.asked < kInterval)) continue;
    entry.is_asking = true;
    entry.was_asked = true;
    entry.asked = now;
    pool_.submit(std::make_shared<AskJob>(*this, place));
  }
}

std::vector<PluginHealth> HealthPoll::report(Clock::time_point now) const {
  std::vector<PluginHealth> all;
  for (const Entry& entry : entries_) {
    const bool is_late = entry.is_asking && now - entry.asked > kInterval;
    all.push_back({.id = entry.instance->id(),
                   .is_well = entry.last.is_well && !is_late,
                   .facts = is_late ? "" : entry.last.facts});
  }
  return all;
}

}  // namespace toolpost::plugin
