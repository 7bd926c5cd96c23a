// SPDX-License-Identifier: Apache-2.0
// Diagnostics for operators: one event, one line, on stderr and optionally in a file. JSON or text;
// control characters are escaped in both. Nothing secret is ever passed in here; what a text from
// elsewhere may hold all the same is taken out (base/redact.hpp).
#pragma once

#include "base/error.hpp"
#include "base/published.hpp"

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace toolpost {

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kFatal };
enum class LogFormat : std::uint8_t { kJson, kText };

// "TRACE" to "FATAL", as written in logs and configuration.
std::string_view to_string(LogLevel level) noexcept;

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kJson;
  std::string file{};  // beside stderr; empty: none
};

struct LogField {
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}

  LogField(std::string_view k, const char* v) : key(k), value(std::string_view{v}) {}

  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view{v}) {}

  LogField(std::string_view k, std::int64_t v) : key(k), value(v) {}

  LogField(std::string_view k, int v) : key(k), value(std::int64_t{v}) {}

  LogField(std::string_view k, std::size_t v) : key(k), value(static_cast<std::int64_t>(v)) {}

  LogField(std::string_view k, bool v) : key(k), value(v) {}

  std::string_view key;
  std::variant<std::string_view, std::int64_t, bool> value;
};

using LogFields = std::initializer_list<LogField>;

// Callable from any thread. Made once in main and passed by reference.
class Log {
 public:
  // Options whose file is open: what can fail is done.
  class Prepared;

  static Result<std::unique_ptr<Log>> open(const LogOptions& options);
  static Result<Prepared> prepare(const LogOptions& options);

  // From now on; lines that are being written still go where they went. One thread at a time.
  void use(Prepared prepared);

  // Opens the file anew by its name, as after a rotation has renamed it. On an error the old one
  // stays. The thread of use().
  Result<> reopen();

  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool enabled(LogLevel level) const noexcept { return level >= level_; }

  void write(LogLevel level, std::string_view message, LogFields fields = {});

  void debug(std::string_view m, LogFields f = {}) { write(LogLevel::kDebug, m, f); }

  void info(std::string_view m, LogFields f = {}) { write(LogLevel::kInfo, m, f); }

  void warn(std::string_view m, LogFields f = {}) { write(LogLevel::kWarn, m, f); }

  void error(std::string_view m, LogFields f = {}) { write(LogLevel::kError, m, f); }

 private:
  struct Sinks;

  explicit Log(Prepared prepared);

  std::atomic<LogLevel> level_;
  Published<Sinks> sinks_;
};

class Log::Prepared {
 private:
  friend class Log;

  Prepared(LogLevel level, std::shared_ptr<const Sinks> sinks)
      : level_(level), sinks_(std::move(sinks)) {}

  LogLevel level_;
  std::shared_ptr<const Sinks> sinks_;
};

}  // namespace toolpost
