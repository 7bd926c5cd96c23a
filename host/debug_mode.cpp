// SPDX-License-Identifier: Apache-2.0
#include "debug_mode.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>

namespace toolpost {

void DebugMode::start() {
  signal_.add(SIGUSR1);
  watch();
  if (config_.debug.at_start) begin("log.debug");
}

void DebugMode::reloaded() {
  if (is_on_) use(LogLevel::kDebug);
}

void DebugMode::stop() {
  signal_.cancel();
  timer_.cancel();
}

void DebugMode::watch() {
  signal_.async_wait([this](const boost::system::error_code& ec, int) {
    if (ec) return;
    if (is_on_) {
      end("SIGUSR1");
    } else {
      begin("SIGUSR1");
    }
    watch();
  });
}

void DebugMode::begin(const char* reason) {
  is_on_ = true;
  use(LogLevel::kDebug);
  const std::size_t seconds = config_.debug.for_s;
  log_.warn("debug mode begins", {{"reason", reason}, {"seconds", seconds}});
  timer_.expires_after(std::chrono::seconds{static_cast<std::int64_t>(seconds)});
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec && is_on_) end("its time is over");
  });
}

void DebugMode::end(const char* reason) {
  is_on_ = false;
  timer_.cancel();
  log_.warn("debug mode ends",
            {{"reason", reason}, {"level", std::string{to_string(config_.log.level)}}});
  use(config_.log.level);
}

void DebugMode::use(LogLevel level) {
  LogOptions options = config_.log;
  options.level = std::min(level, options.level);
  if (auto prepared = Log::prepare(options)) {
    log_.use(std::move(*prepared));
  } else {
    log_.error("the level of the log stays as it is", {{"reason", prepared.error().message()}});
  }
}

}  // namespace toolpost
