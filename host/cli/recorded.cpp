// SPDX-License-Identifier: Apache-2.0
#include "cli/recorded.hpp"

#include "audit/note.hpp"
#include "identity/user_records.hpp"
#include "json/writer.hpp"

#include <chrono>
#include <unistd.h>

namespace toolpost::cli {
namespace {

constexpr std::chrono::seconds kSealTime{5};

// What is no username is not repeated: it may have been a key.
json::Writer& begin_record(json::Writer& writer, std::string_view action, const std::string& user) {
  const bool is_name = identity::check_username(user).has_value();
  writer.begin_object().member("action", action);
  writer.member("of", is_name ? std::string_view{user} : std::string_view{});
  return writer.member("os_user", std::int64_t{::getuid()});
}

}  // namespace

Result<Recorded> Recorded::begin(const config::Config& config, std::string_view command) {
  LogOptions options = config.log;
  options.level = LogLevel::kError;  // what is normal need not be said
  auto log = Log::open(options);
  if (!log) return log.error();
  Recorded recorded{std::move(*log)};
  if (!config.audit.enabled) return recorded;
  auto audit = Audit::open(config, command, *recorded.log_);
  if (!audit) return audit.error();
  recorded.audit_ = std::move(*audit);
  return recorded;
}

Result<> Recorded::record(std::string object) {
  if (!audit_) return {};
  audit_->journal().record(std::make_unique<audit::Note>("users", std::move(object)));
  if (audit_->close("done", kSealTime, *log_)) return {};
  return Error{Errc::kIo, "it was done, but the audit could not be sealed"};
}

Result<> Recorded::done(std::string_view action, const std::string& user,
                        const std::string& key_id) {
  std::string object;
  json::Writer writer{object};
  begin_record(writer, action, user).member("outcome", "ok");
  writer.member("new_key", std::string_view{key_id}).end_object();
  return record(std::move(object));
}

void Recorded::failed(std::string_view action, const std::string& user, const Error& why) {
  std::string object;
  json::Writer writer{object};
  begin_record(writer, action, user).member("outcome", "error");
  writer.member("reason", std::string_view{why.message()}).end_object();
  static_cast<void>(record(std::move(object)));
}

}  // namespace toolpost::cli
