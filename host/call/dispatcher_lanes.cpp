// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that deals with plugins that come and go while requests are served. Items
// name the lane of the instance that offers them, so a call stays with the one it began with.
#include "call/dispatcher.hpp"
#include "call/refusal.hpp"

#include <algorithm>
#include <vector>

namespace toolpost::call {
namespace {

bool is_on(const Call& call, std::size_t lane) {
  return call.item && call.item->lane == lane;
}

}  // namespace

void Dispatcher::add_lane(std::size_t lane, std::string plugin_id, Backend& backend,
                          LaneLimits limits) {
  lanes_.emplace(lane, std::make_unique<Lane>(std::move(plugin_id), backend, limits));
}

bool Dispatcher::has_calls(std::size_t lane) const {
  return std::any_of(live_.begin(), live_.end(),
                     [&](const auto& call) { return is_on(*call, lane); });
}

void Dispatcher::end_calls(std::size_t lane) {
  for (const auto& call : std::vector(live_.begin(), live_.end())) {
    if (!is_on(*call, lane)) continue;
    const std::string plugin = call->item->plugin_id;
    if (call->state == Call::State::kAsking) {
      refuse(open_round(call), EndedAs::kStopped, replaced(plugin));
      continue;
    }
    const bool has_begun = call->state == Call::State::kRunning;
    if ((!has_begun && call->state != Call::State::kWaiting) || !call->end()) continue;
    detach(call);
    refuse(call, EndedAs::kStopped,
           has_begun ? interrupted("Plugin " + plugin + " was reloaded") : replaced(plugin));
  }
}

void Dispatcher::tell_interests(std::span<const std::size_t> lanes) {
  const auto snapshot = registry_.snapshot();
  for (const std::string& uri : subscriptions_.held()) {
    const auto item = snapshot->find_readable(uri).item;
    if (!item || std::find(lanes.begin(), lanes.end(), item->lane) == lanes.end()) continue;
    lanes_.at(item->lane)->backend().interest(uri, true);
  }
}

void Dispatcher::rules_changed() {
  const auto snapshot = registry_.snapshot();
  const auto is_denied = [&](const identity::Principal& principal, const std::string& uri) {
    const auto item = snapshot->find_readable(uri).item;
    return item && !access_.may_use(principal, *item, uri);
  };
  end_listens([&](const Call& call) {
    const auto uris = subscriptions_.uris_of(call.subscription);
    return std::any_of(uris.begin(), uris.end(),
                       [&](const std::string& uri) { return is_denied(call.principal, uri); });
  });
  // A session goes on; it has no way to say that one of its subscriptions has ended.
  for (const auto& [id, principal] : subscribers_) {
    for (const std::string& uri : subscriptions_.uris_of(id)) {
      if (is_denied(principal, uri)) subscriptions_.remove_uri(id, uri);
    }
  }
  for (const mcp::ItemKind kind : mcp::kAllItemKinds) subscriptions_.changed(kind);
}

}  // namespace toolpost::call
