// SPDX-License-Identifier: Apache-2.0
// Who is told when what the server offers has changed: modern clients that listen, legacy sessions.
// Changes are gathered for a moment, so that many in a row are one notification.
#pragma once

#include "mcp/item_kind.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace toolpost::call {

// The lists that can change, as clients name them.
enum class ListKind : std::uint8_t { kTools, kPrompts, kResources };
inline constexpr std::size_t kListKinds = 3;

std::string_view changed_method(ListKind kind) noexcept;

struct Filter {
  std::array<bool, kListKinds> lists{};
  std::set<std::string, std::less<>> uris;   // of resources
  std::set<std::string, std::less<>> tasks;  // by their ids
};

// Lives on the I/O thread. One timer for all, and only while something waits.
class Subscriptions {
 public:
  // How long changes are gathered.
  static constexpr std::chrono::milliseconds kGathering{20};
  // Different resources that may wait to be told of; what comes beyond waits for its next change.
  static constexpr std::size_t kMaxWaitingUris = 10'000;

  // Gets the method of the notification, and for a resource its URI, for a task its id. False when
  // the listener does not keep up: it is told nothing more, and `fell_behind` runs instead.
  using Deliver = std::function<bool(std::string_view method, std::string_view uri)>;
  using Id = std::uint64_t;
  // The first listener of a URI has come, or the last one has gone.
  using Interest = std::function<void(const std::string& uri, bool on)>;
  using FellBehind = std::function<void(Id)>;

  Subscriptions(boost::asio::io_context& io, Interest interest, FellBehind fell_behind);

  Id add(Filter filter, Deliver deliver);
  void remove(Id id);
  // A change of one listener's filter; an id that is gone is ignored.
  void add_uri(Id id, const std::string& uri);
  void remove_uri(Id id, std::string_view uri);

  bool has_uri(Id id, std::string_view uri) const;
  std::size_t uri_count(Id id) const;
  std::vector<std::string> uris_of(Id id) const;

  // The resources that somebody has subscribed to.
  std::vector<std::string> held() const;

  void changed(mcp::ItemKind kind);
  void updated(const std::string& uri);
  void task_changed(const std::string& id);

 private:
  using Names = std::set<std::string, std::less<>>;

  struct Listener {
    Filter filter;
    Deliver deliver;
  };

  void hold(const std::string& uri);
  void let_go(const std::string& uri);
  void arm();
  void tell();
  bool tell(const Listener& listener) const;
  static bool tell_names(const Listener& listener, std::string_view method, const Names& changed,
                         const Names& wanted);

  boost::asio::steady_timer timer_;
  Interest interest_;
  FellBehind fell_behind_;
  std::unordered_map<Id, Listener> listeners_;
  Id next_id_ = 1;
  std::map<std::string, std::size_t, std::less<>> held_;  // URIs by their number of listeners
  std::array<bool, kListKinds> lists_{};                  // that have changed
  std::set<std::string, std::less<>> uris_;               // that have changed
  std::set<std::string, std::less<>> tasks_;              // that have changed
  bool armed_ = false;
};

}  // namespace toolpost::call
