// SPDX-License-Identifier: Apache-2.0
// Asks a plugin how it is, by the extension that it offers for that.
#include "plugin/instance.hpp"
#include "plugin/loader/versioned.hpp"

#include <toolpost/ext/health.h>

#include <new>

namespace toolpost::plugin {
namespace {

// One text from the plugin. A second one, and what is too large, is not taken.
struct Facts {
  static constexpr std::size_t kMaxBytes = 1024;

  std::string text;
  bool taken = false;
};

void TOOLPOST_CALL take_facts(void* user, const char* data, std::size_t size) noexcept {
  auto& facts = *static_cast<Facts*>(user);
  if (std::exchange(facts.taken, true) || data == nullptr || size > Facts::kMaxBytes) return;
  try {
    facts.text.assign(data, size);
  } catch (const std::bad_alloc&) {
    facts.text.clear();
  }
}

}  // namespace

HealthReport Instance::ask_health() {
  const Frame frame{*this};
  if (dead_ || !gate_.enter()) return {.is_well = false, .facts = {}};
  HealthReport report;
  if (table_.get_extension != nullptr) {
    toolpost_health health{};
    const auto* offered =
        static_cast<const toolpost_health*>(table_.get_extension(table_.self, TOOLPOST_EXT_HEALTH));
    if (offered != nullptr && read_versioned(offered, health) == TOOLPOST_OK &&
        health.check != nullptr) {
      Facts facts;
      report.is_well = health.check(table_.self, take_facts, &facts) == TOOLPOST_OK;
      report.facts = std::move(facts.text);
    }
  }
  gate_.leave();
  return report;
}

}  // namespace toolpost::plugin
