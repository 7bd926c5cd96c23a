// SPDX-License-Identifier: Apache-2.0
#include "call/subscriptions.hpp"

#include "mcp/task.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace toolpost::call {
namespace {

std::optional<ListKind> list_of(mcp::ItemKind kind) {
  switch (kind) {
    case mcp::ItemKind::kTool:
      return ListKind::kTools;
    case mcp::ItemKind::kPrompt:
      return ListKind::kPrompts;
    case mcp::ItemKind::kResource:
    case mcp::ItemKind::kTemplate:
      return ListKind::kResources;
    case mcp::ItemKind::kCompletion:
      break;  // in no list
  }
  return std::nullopt;
}

}  // namespace

std::string_view changed_method(ListKind kind) noexcept {
  switch (kind) {
    case ListKind::kTools:
      return "notifications/tools/list_changed";
    case ListKind::kPrompts:
      return "notifications/prompts/list_changed";
    case ListKind::kResources:
      break;
  }
  return "notifications/resources/list_changed";
}

Subscriptions::Subscriptions(boost::asio::io_context& io, Interest interest, FellBehind fell_behind)
    : timer_(io), interest_(std::move(interest)), fell_behind_(std::move(fell_behind)) {}

Subscriptions::Id Subscriptions::add(Filter filter, Deliver deliver) {
  const Id id = next_id_++;
  for (const std::string& uri : filter.uris) hold(uri);
  listeners_.emplace(id, Listener{std::move(filter), std::move(deliver)});
  return id;
}

void Subscriptions::remove(Id id) {
  const auto place = listeners_.find(id);
  if (place == listeners_.end()) return;
  const Listener gone = std::move(place->second);
  listeners_.erase(place);
  for (const std::string& uri : gone.filter.uris) let_go(uri);
}

void Subscriptions::add_uri(Id id, const std::string& uri) {
  const auto place = listeners_.find(id);
  if (place != listeners_.end() && place->second.filter.uris.insert(uri).second) hold(uri);
}

void Subscriptions::remove_uri(Id id, std::string_view uri) {
  const auto place = listeners_.find(id);
  if (place == listeners_.end()) return;
  auto& uris = place->second.filter.uris;
  const auto known = uris.find(uri);
  if (known == uris.end()) return;
  const auto gone = uris.extract(known);
  let_go(gone.value());
}

bool Subscriptions::has_uri(Id id, std::string_view uri) const {
  const auto place = listeners_.find(id);
  return place != listeners_.end() && place->second.filter.uris.contains(uri);
}

std::size_t Subscriptions::uri_count(Id id) const {
  const auto place = listeners_.find(id);
  return place == listeners_.end() ? 0 : place->second.filter.uris.size();
}

std::vector<std::string> Subscriptions::uris_of(Id id) const {
  const auto place = listeners_.find(id);
  if (place == listeners_.end()) return {};
  const auto& uris = place->second.filter.uris;
  return {uris.begin(), uris.end()};
}

std::vector<std::string> Subscriptions::held() const {
  std::vector<std::string> uris;
  for (const auto& [uri, count] : held_) uris.push_back(uri);
  return uris;
}

void Subscriptions::hold(const std::string& uri) {
  if (++held_[uri] == 1) interest_(uri, true);
}

void Subscriptions::let_go(const std::string& uri) {
  const auto place = held_.find(uri);
  if (place == held_.end() || --place->second != 0) return;
  held_.erase(place);
  uris_.erase(uri);
  interest_(uri, false);
}

void Subscriptions::changed(mcp::ItemKind kind) {
  const auto list = list_of(kind);
  // Who comes later sees the new list anyway.
  if (!list || listeners_.empty()) return;
  lists_[static_cast<std::size_t>(*list)] = true;
  arm();
}

void Subscriptions::updated(const std::string& uri) {
  if (!held_.contains(uri) || uris_.size() >= kMaxWaitingUris) return;
  uris_.insert(uri);
  arm();
}

void Subscriptions::task_changed(const std::string& id) {
  tasks_.insert(id);
  arm();
}

void Subscriptions::arm() {
  if (std::exchange(armed_, true)) return;
  timer_.expires_after(kGathering);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    armed_ = false;
    tell();
  });
}

void Subscriptions::tell() {
  std::vector<Id> behind;
  for (const auto& [id, listener] : listeners_) {
    if (!tell(listener)) behind.push_back(id);
  }
  lists_ = {};
  uris_.clear();
  tasks_.clear();
  for (const Id id : behind) {
    remove(id);
    fell_behind_(id);
  }
}

bool Subscriptions::tell(const Listener& listener) const {
  for (std::size_t list = 0; list < kListKinds; ++list) {
    if (!lists_[list] || !listener.filter.lists[list]) continue;
    if (!listener.deliver(changed_method(static_cast<ListKind>(list)), {})) return false;
  }
  return tell_names(listener, "notifications/resources/updated", uris_, listener.filter.uris) &&
         tell_names(listener, mcp::kTaskChanged, tasks_, listener.filter.tasks);
}

// Both are in order; the shorter one leads.
bool Subscriptions::tell_names(const Listener& listener, std::string_view method,
                               const Names& changed, const Names& wanted) {
  const bool few_wanted = wanted.size() < changed.size();
  const Names& shorter = few_wanted ? wanted : changed;
  const Names& longer = few_wanted ? changed : wanted;
  return std::all_of(shorter.begin(), shorter.end(), [&](const std::string& name) {
    return !longer.contains(name) || listener.deliver(method, name);
  });
}

}  // namespace toolpost::call
