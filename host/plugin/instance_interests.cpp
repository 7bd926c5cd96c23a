// SPDX-License-Identifier: Apache-2.0
// Resources that change: the plugin tells which have, and is told which anybody watches.
#include "base/utf8.hpp"
#include "plugin/instance.hpp"
#include "plugin/loader/versioned.hpp"

#include <toolpost/ext/subscribe.h>

#include <utility>

namespace toolpost::plugin {

// One job tells all that waits, so that the plugin hears of each URI in order.
class Instance::Interests final : public async::Job {
 public:
  explicit Interests(Instance& instance) : instance_(instance), frame_(instance) {}

  void run() noexcept override {
    for (auto waiting = instance_.take_interests(); !waiting.empty();
         waiting = instance_.take_interests()) {
      for (const Interest& one : waiting) tell(one);
    }
  }

 private:
  void tell(const Interest& one) noexcept {
    if (instance_.dead_ || !instance_.gate_.enter()) return;
    const toolpost_plugin& plugin = instance_.table_;
    toolpost_subscribe_interest offered{};
    const auto* table = plugin.get_extension == nullptr
                            ? nullptr
                            : static_cast<const toolpost_subscribe_interest*>(
                                  plugin.get_extension(plugin.self, TOOLPOST_EXT_SUBSCRIBE));
    if (table != nullptr && read_versioned(table, offered) == TOOLPOST_OK &&
        offered.interest != nullptr) {
      offered.interest(plugin.self, one.uri.data(), one.uri.size(), one.on ? 1 : 0);
    }
    instance_.gate_.leave();
  }

  Instance& instance_;
  Frame frame_;
};

void Instance::interest(const std::string& uri, bool on) {
  {
    const std::lock_guard lock{mutex_};
    interests_.push_back({uri, on});
    if (std::exchange(telling_interests_, true)) return;
  }
  pool_.submit(std::make_shared<Interests>(*this));
}

// Empty when nothing waits; then the next one needs a new job.
std::vector<Instance::Interest> Instance::take_interests() {
  const std::lock_guard lock{mutex_};
  telling_interests_ = !interests_.empty();
  return std::exchange(interests_, {});
}

void Instance::resource_updated(std::string_view uri) {
  constexpr std::size_t kMaxUriBytes = 2048;
  if (dead_ || uri.empty()) return;
  if (uri.size() > kMaxUriBytes || !is_utf8(uri)) {
    misbehave("updated() with a text that is no URI");
    return;
  }
  services_.resource_updated(uri, id_);
}

}  // namespace toolpost::plugin
