// SPDX-License-Identifier: Apache-2.0
// What happens beside calls, told to the audit: plugins that come and go, credentials that are
// refused.
#pragma once

#include "audit/journal.hpp"
#include "audit/login_failures.hpp"
#include "plugin/plugin_event.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <string>
#include <string_view>

namespace toolpost {

// Belongs to the I/O thread, and to the main thread while no event loop runs: these are the same.
class AuditEvents {
 public:
  // The journal outlives it.
  AuditEvents(boost::asio::io_context& io, audit::Journal& journal)
      : journal_(journal), timer_(io) {}

  void plugin(const plugin::PluginEvent& event);

  // A reload has changed the configuration; `changes` as config_changes() gives them.
  void config(std::string_view command, std::string_view changes);

  // `address` is empty where there is none.
  void login_failed(std::string_view address, std::string_view reason);

  // Records what was only counted so far; before the journal is closed.
  void finish();

 private:
  void note(std::string_view type, std::string object);
  void flush_later();

  audit::Journal& journal_;
  audit::LoginFailures failures_;
  boost::asio::steady_timer timer_;
  bool is_waiting_ = false;
};

}  // namespace toolpost
