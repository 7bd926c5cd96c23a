// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include "base/unique_fd.hpp"
#include "unit/config/workspace.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>

using namespace toolpost;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("log: a file that was renamed away is opened anew by its name") {
  const config::Workspace dir;
  const std::string file = dir.path("log");
  const auto log = *Log::open({.level = LogLevel::kInfo, .file = file});
  log->info("before");
  std::filesystem::rename(file, file + ".1");
  log->info("between");
  REQUIRE(log->reopen().has_value());
  log->info("after");
  CHECK(has(text_of(file + ".1"), "before"));
  CHECK(has(text_of(file + ".1"), "between"));
  CHECK_FALSE(has(text_of(file + ".1"), "after"));
  CHECK(has(text_of(file), "after"));
}

TEST_CASE("log: one that cannot be opened leaves the old one in place") {
  const config::Workspace dir;
  const std::string file = dir.write("place/log", "");
  const auto log = *Log::open({.file = file});
  std::filesystem::rename(dir.path("place"), dir.path("gone"));
  dir.write("place", "is a file now");
  CHECK_FALSE(log->reopen().has_value());
  CHECK_FALSE(Log::prepare({.file = file}).has_value());
  log->info("goes on");
  CHECK(has(text_of(dir.path("gone/log")), "goes on"));
}

TEST_CASE("log: a pipe is written when somebody reads it, and is refused when nobody does") {
  const config::Workspace dir;
  const std::string file = dir.path("pipe");
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  const auto refused = Log::open({.file = file});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message().starts_with("log.file: " + file + ": not a regular file"));
  const UniqueFd reader{::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  REQUIRE(reader);
  const auto log = Log::open({.file = file});
  REQUIRE(log.has_value());
  (*log)->info("through the pipe");
  std::string text(4096, '\0');
  const ssize_t count = ::read(reader.get(), text.data(), text.size());
  REQUIRE(count > 0);
  CHECK(has(text, "through the pipe"));
  CHECK(Log::open({.file = "/dev/null"}).has_value());
}

TEST_CASE("log: level, format and file change together") {
  const config::Workspace dir;
  const auto log = *Log::open({.level = LogLevel::kError, .file = dir.path("one")});
  log->info("too quiet");
  auto prepared = Log::prepare(
      {.level = LogLevel::kDebug, .format = LogFormat::kText, .file = dir.path("two")});
  REQUIRE(prepared.has_value());
  log->debug("not yet");
  log->use(std::move(*prepared));
  log->debug("now");
  CHECK(text_of(dir.path("one")).empty());
  CHECK(has(text_of(dir.path("two")), "DEBUG now"));
  CHECK_FALSE(has(text_of(dir.path("two")), "not yet"));
  CHECK(log->enabled(LogLevel::kDebug));
}
