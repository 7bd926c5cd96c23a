// SPDX-License-Identifier: Apache-2.0
#include "plugin/health_poll.hpp"

#include <algorithm>

namespace toolpost::plugin {

class HealthPoll::AskJob final : public async::Job {
 public:
  AskJob(HealthPoll& poll, Instance& instance) : poll_(poll), instance_(instance) {}

  void run() noexcept override { poll_.answers_.send({&instance_, instance_.ask_health()}); }

 private:
  HealthPoll& poll_;
  Instance& instance_;
};

HealthPoll::HealthPoll(boost::asio::io_context& io, async::WorkerPool& pool,
                       const std::vector<Instance*>& plugins, std::function<void()> changed)
    : pool_(pool), answers_(io, [this, changed = std::move(changed)](Answer answer) {
        Entry* entry = find(answer.instance);
        if (entry == nullptr) return;  // it is gone by now
        entry->is_asking = false;
        entry->last = std::move(answer.report);
        changed();
      }) {
  use(plugins);
}

HealthPoll::Entry* HealthPoll::find(const Instance* instance) {
  const auto place = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.instance == instance; });
  return place == entries_.end() ? nullptr : &*place;
}

void HealthPoll::use(const std::vector<Instance*>& plugins) {
  std::vector<Entry> entries;
  for (Instance* plugin : plugins) {
    Entry* known = find(plugin);
    entries.push_back(known != nullptr ? std::move(*known) : Entry{.instance = plugin, .last = {}});
  }
  // One that does not come back holds a thread, and must not hold one of another plugin.
  if (entries.size() > threads_) {
    pool_.raise_limit(entries.size() - threads_);
    threads_ = entries.size();
  }
  entries_ = std::move(entries);
}

void HealthPoll::refresh(Clock::time_point now) {
  if (stopped_) return;
  for (Entry& entry : entries_) {
    if (entry.is_asking || (entry.was_asked && now - entry.asked < kInterval)) continue;
    entry.is_asking = true;
    entry.was_asked = true;
    entry.asked = now;
    pool_.submit(std::make_shared<AskJob>(*this, *entry.instance));
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
