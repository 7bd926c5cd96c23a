// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include "unit/config/workspace.hpp"

#include <doctest/doctest.h>

#include <filesystem>

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
