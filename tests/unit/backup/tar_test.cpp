// SPDX-License-Identifier: Apache-2.0
#include "backup/tar.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

std::string member(std::string_view name, std::string_view content) {
  std::string text = backup::tar_header(name, content.size(), 1'700'000'000);
  text += content;
  return text.append(backup::tar_padding(content.size()), '\0');
}

}  // namespace

TEST_CASE("tar: what was written is read") {
  const std::string archive = member("a", "") + member("b/c.d", std::string(513, 'x')) +
                              member("e", std::string(512, 'y')) + backup::tar_end();
  const auto members = backup::read_tar(archive);
  REQUIRE(members.has_value());
  REQUIRE(members->size() == 3);
  CHECK((*members)[0].name == "a");
  CHECK((*members)[0].content.empty());
  CHECK((*members)[1].name == "b/c.d");
  CHECK((*members)[1].content == std::string(513, 'x'));
  CHECK((*members)[2].content == std::string(512, 'y'));
}

TEST_CASE("tar: every bit of a frame counts") {
  const std::string archive = member("a", "text") + backup::tar_end();
  for (std::size_t place = 0; place < archive.size(); ++place) {
    const bool is_content = place >= backup::kTarBlock && place < backup::kTarBlock + 4;
    if (is_content) continue;  // the hash of the file has that
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = archive;
      changed[place] = static_cast<char>(changed[place] ^ (1 << bit));
      CAPTURE(place);
      CAPTURE(bit);
      CHECK_FALSE(backup::read_tar(changed).has_value());
    }
  }
}

TEST_CASE("tar: what is cut or goes on is refused") {
  const std::string archive = member("a", "text") + backup::tar_end();
  for (std::size_t size = 0; size < archive.size(); ++size) {
    CHECK_FALSE(backup::read_tar(std::string_view{archive}.substr(0, size)).has_value());
  }
  CHECK_FALSE(backup::read_tar(archive + std::string(backup::kTarBlock, '\0')).has_value());
  CHECK_FALSE(backup::read_tar(archive + archive).has_value());
}

TEST_CASE("tar: no name leads anywhere") {
  for (const char* good : {"a", "a/b", "audit/20260101T000000Z-0.000001.jsonl", "-", "_a"}) {
    CHECK(backup::is_tar_name(good));
  }
  for (const char* bad : {"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.b", "a b",
                          "a\\b", "a\nb", "\xc3\xa4"}) {
    CAPTURE(bad);
    CHECK_FALSE(backup::is_tar_name(bad));
  }
  CHECK(backup::is_tar_name(std::string(backup::kMaxTarName, 'a')));
  CHECK_FALSE(backup::is_tar_name(std::string(backup::kMaxTarName + 1, 'a')));
}
