// SPDX-License-Identifier: Apache-2.0
#include "backup/shelf.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace toolpost;
namespace fs = std::filesystem;

TEST_CASE("shelf: names say when, and only such names count") {
  CHECK(backup::archive_name(1'769'824'800) == "toolpost-20260131T020000Z.tar");
  CHECK(backup::time_of_archive("toolpost-20260131T020000Z.tar") == 1'769'824'800);
  for (const char* other : {"", "toolpost-20260131T020000Z.tar.gz", "toolpost-20261331T020000Z.tar",
                            "toolpost-2026-0131T020000.tar", "toolpost-20260131t020000Z.tar",
                            "other-20260131T020000Z.tar", "toolpost-20260131T020000+.tar"}) {
    CAPTURE(other);
    CHECK_FALSE(backup::time_of_archive(other));
  }
}

TEST_CASE("shelf: the oldest go, and nothing else") {
  char name[] = "/tmp/toolpost-shelf-XXXXXX";
  const fs::path place = ::mkdtemp(name);
  CHECK_FALSE(backup::age_of_newest(place / "nowhere", 0));
  CHECK_FALSE(backup::age_of_newest(place, 0));
  for (const std::int64_t time : {1000, 3000, 2000}) {
    std::ofstream{place / backup::archive_name(time)} << "x";
  }
  std::ofstream{place / "notes"} << "x";
  fs::create_directory(place / backup::archive_name(4000));
  CHECK(backup::age_of_newest(place, 3500) == 500);
  CHECK(backup::prune(place, 0)->empty());
  CHECK(backup::prune(place, 3)->empty());
  const auto removed = backup::prune(place, 1);
  REQUIRE(removed.has_value());
  CHECK(*removed == std::vector{backup::archive_name(1000), backup::archive_name(2000)});
  CHECK(fs::exists(place / backup::archive_name(3000)));
  CHECK(fs::exists(place / "notes"));
  CHECK(fs::exists(place / backup::archive_name(4000)));
  fs::remove_all(place);
}
