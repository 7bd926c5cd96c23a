// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include "base/json_escape.hpp"
#include "base/pipe_writer.hpp"
#include "base/redact.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <ctime>

namespace toolpost {
namespace {

constexpr std::string_view kLevelNames[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};

// RFC 3339 in UTC with milliseconds: 2026-07-28T09:00:00.123Z
std::string timestamp() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto millis =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(millis));
  return text;
}

void append_value(std::string& line, const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    std::string scratch;
    append_json_string(line, redacted(*text, scratch));
  } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    line.append(std::to_string(*number));
  } else {
    line.append(std::get<bool>(field.value) ? "true" : "false");
  }
}

std::string json_line(LogLevel level, std::string_view message, LogFields fields) {
  std::string line;
  line.append(R"({"timestamp":")").append(timestamp());
  line.append(R"(","level":")").append(to_string(level)).append(R"(","message":)");
  append_json_string(line, message);
  for (const LogField& field : fields) {
    line.push_back(',');
    append_json_string(line, field.key);
    line.push_back(':');
    append_value(line, field);
  }
  line.push_back('}');
  return line;
}

// The message without its quotes; the escapes of JSON keep it on one line and off the terminal.
std::string text_line(LogLevel level, std::string_view message, LogFields fields) {
  std::string line = timestamp();
  line.append(" ").append(to_string(level)).append(" ");
  std::string quoted;
  append_json_string(quoted, message);
  line.append(quoted, 1, quoted.size() - 2);
  for (const LogField& field : fields) {
    line.append(" ").append(field.key).append("=");
    append_value(line, field);
  }
  return line;
}

}  // namespace

std::string_view to_string(LogLevel level) noexcept {
  return kLevelNames[static_cast<std::size_t>(level)];
}

struct Log::Sinks {
  LogOptions options;
  std::vector<spdlog::sink_ptr> all;
};

Log::Log(Prepared prepared) : level_(prepared.level_), sinks_(std::move(prepared.sinks_)) {}

Log::~Log() = default;

Result<std::unique_ptr<Log>> Log::open(const LogOptions& options) {
  auto prepared = prepare(options);
  if (!prepared) return prepared.error();
  return std::unique_ptr<Log>{new Log{std::move(*prepared)}};
}

void Log::use(Prepared prepared) {
  level_ = prepared.level_;
  sinks_.set(std::move(prepared.sinks_));
}

Result<> Log::reopen() {
  if (sinks_.own().options.file.empty()) return {};
  auto prepared = prepare(sinks_.own().options);
  if (!prepared) return prepared.error();
  use(std::move(*prepared));
  return {};
}

Result<Log::Prepared> Log::prepare(const LogOptions& options) {
  auto sinks = std::make_shared<Sinks>();
  sinks->options = options;
  sinks->all.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (!options.file.empty()) {
    const auto pipe = hold_pipe(options.file);
    if (!pipe) return pipe.error().in("log.file");
    try {
      sinks->all.push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file));
    } catch (const spdlog::spdlog_ex& failure) {
      return Error{Errc::kIo, "log.file: " + std::string{failure.what()}};
    }
  }
  for (const auto& sink : sinks->all) sink->set_pattern("%v");
  return Prepared{options.level, std::move(sinks)};
}

void Log::write(LogLevel level, std::string_view message, LogFields fields) {
  if (!enabled(level)) return;
  std::string scratch;
  const std::string_view shown = redacted(message, scratch);
  const auto sinks = sinks_.get();
  const std::string line = sinks->options.format == LogFormat::kJson
                               ? json_line(level, shown, fields)
                               : text_line(level, shown, fields);
  const spdlog::details::log_msg record{"", spdlog::level::info, line};
  for (const auto& sink : sinks->all) {
    // A full disk must not take the server down; stderr still has the line.
    try {
      sink->log(record);
      sink->flush();
    } catch (const std::exception&) {
      continue;
    }
  }
}

}  // namespace toolpost
