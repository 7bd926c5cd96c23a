// SPDX-License-Identifier: Apache-2.0
#include "audit/ledger.hpp"

#include "audit/chain.hpp"
#include "audit/closing.hpp"
#include "audit/segment.hpp"
#include "base/base64.hpp"
#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace toolpost;
using namespace toolpost::audit;

namespace {

namespace fs = std::filesystem;

struct Stage {
  Stage() {
    std::string path = (fs::temp_directory_path() / "toolpost-ledger-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    root = path;
    directory.emplace(*Directory::open_or_make(root));
    key.emplace(*SealKey::load_or_make(root / "key"));
  }

  ~Stage() { fs::remove_all(root); }

  Ledger enter(const std::string& own) const {
    auto lock = LedgerLock::take(*directory);
    REQUIRE(lock.has_value());
    auto ledger = Ledger::enter(*directory, *lock, own);
    REQUIRE(ledger.has_value());
    return std::move(*ledger);
  }

  std::string path(const std::string& chain, std::uint32_t segment = 1) const {
    return root / segment_file_name(chain, segment);
  }

  void write(const std::string& file, const std::string& text) const {
    std::ofstream{file, std::ios::binary} << text;
  }

  std::string read(const std::string& file) const {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  // What a process writes that is killed while a call runs.
  std::string lines(const std::string& name, bool stops) const {
    Chain chain{name};
    std::string text;
    chain.append(text, "start", 0, R"({"pid":1})");
    chain.append(text, "intent", 0, R"({"call":1})");
    chain.append(text, "outcome", 0, R"({"call":1,"intent":2})");
    chain.append(text, "intent", 0, R"({"call":2})");
    if (stops) chain.append(text, "stop", 0, "{}");
    CHECK(chain.append_checkpoint(text, *key, 0).has_value());
    return text;
  }

  fs::path root;
  std::optional<Directory> directory;
  std::optional<SealKey> key;
};

const std::string kFirst = "20260101T000000Z-0000000000000001";
const std::string kSecond = "20260101T000000Z-0000000000000000";  // sorts before it
const std::string kThird = "20260101T000001Z-0000000000000000";

std::string text_of(const std::string& object, const char* name) {
  const auto document = json::parse(object);
  REQUIRE(document.has_value());
  const json::Value* value = document->root().find_string(name);
  return value == nullptr ? std::string{} : std::string{value->as_string()};
}

std::int64_t number_of(const std::string& object, const char* name) {
  const auto document = json::parse(object);
  REQUIRE(document.has_value());
  const json::Value* value = document->root().find(name);
  REQUIRE(value != nullptr);
  return value->as_int64();
}

}  // namespace

TEST_CASE("ledger: the first start has none before it, the next names it and its first record") {
  const Stage stage;
  CHECK(stage.enter(kFirst).previous().empty());
  stage.write(stage.path(kFirst), stage.lines(kFirst, true));
  Ledger ledger = stage.enter(kSecond);
  CHECK(text_of(ledger.previous(), "chain") == kFirst);
  Chain chain{kFirst};
  std::string first;
  chain.append(first, "start", 0, R"({"pid":1})");
  CHECK(text_of(ledger.previous(), "hash") == to_text(chain.hash()));
  REQUIRE(ledger.ended().size() == 1);
  CHECK(ledger.ended()[0].object.find("\"clean\":true") != std::string::npos);
  CHECK(number_of(ledger.ended()[0].object, "last") == 6);
  CHECK(ledger.finish().has_value());
  // Closed once, and a start that never began is no predecessor.
  const Ledger third = stage.enter(kThird);
  CHECK(third.ended().empty());
  CHECK(text_of(third.previous(), "chain") == kFirst);
}

TEST_CASE("ledger: a torn end is kept, then cut; what was unfinished is named") {
  const Stage stage;
  stage.enter(kFirst);
  const std::string whole = stage.lines(kFirst, false);
  const std::string torn = R"({"v":1,"chain":"2026)";
  stage.write(stage.path(kFirst), whole + torn);
  Ledger ledger = stage.enter(kSecond);
  REQUIRE(ledger.ended().size() == 1);
  const EndedChain& ended = ledger.ended()[0];
  CHECK(ended.is_torn);
  CHECK_FALSE(ended.is_damaged);
  CHECK(decode_base64(text_of(ended.object, "torn")) == torn);
  CHECK(ended.object.find("\"clean\":false") != std::string::npos);
  CHECK(ended.object.find("\"unfinished\":[4]") != std::string::npos);
  CHECK(number_of(ended.object, "bytes") == static_cast<std::int64_t>(whole.size()));
  CHECK(stage.read(stage.path(kFirst)) == whole + torn);  // until the record is on the disk
  CHECK(ledger.finish().has_value());
  CHECK(stage.read(stage.path(kFirst)) == whole);
}

TEST_CASE("ledger: a page that a power cut has lost is a torn end, a changed line is damage") {
  const Stage stage;
  stage.enter(kFirst);
  std::string text = stage.lines(kFirst, false);
  const std::size_t intent = text.find("{\"v\":1", text.find("\"type\":\"start\""));
  SUBCASE("zeros in the middle, a checkpoint behind") {
    const std::string before = text.substr(0, intent);
    text.replace(intent + 20, 100, std::string(100, '\0'));
    stage.write(stage.path(kFirst), text);
    Ledger ledger = stage.enter(kSecond);
    REQUIRE(ledger.ended().size() == 1);
    CHECK(ledger.ended()[0].is_torn);
    CHECK_FALSE(ledger.ended()[0].is_damaged);
    CHECK(decode_base64(text_of(ledger.ended()[0].object, "torn")) == text.substr(intent));
    CHECK(ledger.finish().has_value());
    CHECK(stage.read(stage.path(kFirst)) == before);
  }
  SUBCASE("another byte there") {
    text[intent + 20] ^= 1;
    stage.write(stage.path(kFirst), text);
    Ledger ledger = stage.enter(kSecond);
    REQUIRE(ledger.ended().size() == 1);
    CHECK(ledger.ended()[0].is_damaged);
    CHECK(ledger.finish().has_value());
    CHECK(stage.read(stage.path(kFirst)) == text);
  }
}

TEST_CASE("ledger: a chain that is killed before its record was written is looked at again") {
  const Stage stage;
  stage.enter(kFirst);
  stage.write(stage.path(kFirst), stage.lines(kFirst, false) + "torn");
  CHECK(stage.enter(kSecond).ended().size() == 1);  // and this one is killed here
  const Ledger third = stage.enter(kThird);
  REQUIRE(third.ended().size() == 1);
  CHECK(third.ended()[0].name == kFirst);
  CHECK(third.ended()[0].is_torn);
}

TEST_CASE("ledger: a chain whose process lives is left alone") {
  const Stage stage;
  stage.enter(kFirst);
  {
    auto segment = Segment::create(*stage.directory, kFirst, 1);
    REQUIRE(segment.has_value());
    CHECK(segment->append(stage.lines(kFirst, false)).has_value());
    CHECK(stage.enter(kSecond).ended().empty());
  }
  CHECK(stage.enter(kThird).ended().size() == 1);
}

TEST_CASE("ledger: a chain that has begun its next segment since they were listed lives") {
  const Stage stage;
  stage.enter(kFirst);
  stage.write(stage.path(kFirst), stage.lines(kFirst, false));
  auto next = Segment::create(*stage.directory, kFirst, 2);
  REQUIRE(next.has_value());
  const auto ended = look_at_end(*stage.directory, kFirst, {1});
  REQUIRE(ended.has_value());
  CHECK_FALSE(ended->has_value());
}

TEST_CASE("ledger: damage before a checkpoint is no torn end, and nothing is cut") {
  const Stage stage;
  stage.enter(kFirst);
  std::string text = stage.lines(kFirst, false);
  text[text.find("\"call\":1")] = 'X';
  stage.write(stage.path(kFirst), text);
  Ledger ledger = stage.enter(kSecond);
  REQUIRE(ledger.ended().size() == 1);
  CHECK(ledger.ended()[0].is_damaged);
  CHECK(number_of(ledger.ended()[0].object, "last") == 1);
  CHECK(ledger.finish().has_value());
  CHECK(stage.read(stage.path(kFirst)) == text);
}

TEST_CASE("ledger: a segment that did not begin does not count, and is kept under another name") {
  const Stage stage;
  stage.enter(kFirst);
  const std::string whole = stage.lines(kFirst, false);
  stage.write(stage.path(kFirst), whole);
  stage.write(stage.path(kFirst, 2), whole.substr(0, whole.find('\n') + 1));
  Ledger ledger = stage.enter(kSecond);
  REQUIRE(ledger.ended().size() == 1);
  CHECK(number_of(ledger.ended()[0].object, "segment") == 1);
  CHECK(number_of(ledger.ended()[0].object, "last") == 5);
  CHECK(ledger.finish().has_value());
  CHECK_FALSE(fs::exists(stage.path(kFirst, 2)));
  CHECK(fs::exists(stage.path(kFirst, 2) + ".torn"));
}

TEST_CASE("ledger: without its memory every chain is looked at anew") {
  const Stage stage;
  stage.enter(kFirst);
  stage.write(stage.path(kFirst), stage.lines(kFirst, true));
  {
    Ledger ledger = stage.enter(kSecond);
    CHECK(ledger.finish().has_value());
  }
  stage.write(stage.root / "ledger.json", "{\"starts\":[\"../../etc\"],\"open\":[]}");
  const Ledger ledger = stage.enter(kThird);
  CHECK(ledger.ended().size() == 1);
  CHECK(text_of(ledger.previous(), "chain") == kFirst);
}
