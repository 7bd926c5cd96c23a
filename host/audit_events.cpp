// SPDX-License-Identifier: Apache-2.0
#include "audit_events.hpp"

#include "audit/note.hpp"
#include "base/utc_time.hpp"
#include "json/writer.hpp"

#include <chrono>
#include <memory>

namespace toolpost {
namespace {

constexpr std::chrono::seconds kFlushInterval{5};
constexpr std::size_t kMaxReasonBytes = 1024;

}  // namespace

void AuditEvents::note(std::string_view type, std::string object) {
  std::unique_ptr<audit::Entry> entry = std::make_unique<audit::Note>(type, std::move(object));
  if (!journal_.submit(entry)) journal_.count_unrecorded();
}

void AuditEvents::plugin(const plugin::PluginEvent& event) {
  std::string object;
  json::Writer writer{object};
  writer.begin_object().member("plugin", event.id).member("event", event.what);
  if (!event.version.empty()) writer.member("version", event.version);
  if (!event.sha256.empty()) writer.member("sha256", event.sha256);
  if (event.items >= 0) writer.member("items", event.items);
  if (!event.item.empty()) writer.member("item", event.item);
  if (!event.reason.empty()) writer.member("reason", event.reason.substr(0, kMaxReasonBytes));
  writer.end_object();
  note("plugin", std::move(object));
}

void AuditEvents::config(std::string_view command, std::string_view changes) {
  std::string object;
  json::Writer writer{object};
  writer.begin_object().member("command", command).key("changes").raw(changes).end_object();
  note("config", std::move(object));
}

void AuditEvents::login_failed(std::string_view address, std::string_view reason) {
  std::string record = failures_.count(address, reason, unix_us_now());
  if (!record.empty()) note("login_failure", std::move(record));
  flush_later();
}

void AuditEvents::flush_later() {
  if (is_waiting_ || failures_.empty()) return;
  is_waiting_ = true;
  timer_.expires_after(kFlushInterval);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    is_waiting_ = false;
    if (ec) return;
    for (std::string& record : failures_.due(unix_us_now())) {
      note("login_failure", std::move(record));
    }
    flush_later();
  });
}

void AuditEvents::finish() {
  timer_.cancel();
  for (std::string& record : failures_.rest()) note("login_failure", std::move(record));
}

}  // namespace toolpost
