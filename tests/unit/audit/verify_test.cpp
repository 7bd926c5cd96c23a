// SPDX-License-Identifier: Apache-2.0
#include "audit/verify.hpp"

#include "audit/line.hpp"
#include "unit/audit/made_ledger.hpp"

#include <algorithm>

using namespace toolpost;
using namespace toolpost::audit;

namespace {

// The lines with everything from one on hashed anew, as somebody without the key can do it.
std::string rehashed(const Process& process, const std::string& text, std::size_t from) {
  std::string out;
  LineSplitter lines{text};
  Hash hash = genesis(process.name);
  std::string_view line;
  for (std::size_t i = 0; lines.next(line); ++i) {
    const auto read = read_line(line);
    REQUIRE(read.has_value());
    const Hash after = sha256(bytes_of(hash), read->hashed);
    if (i < from) {
      out.append(line);
    } else {
      out.append(read->hashed).append(kHashMember).append("\"" + to_text(after) + "\"}");
    }
    out.push_back('\n');
    hash = after;
  }
  return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string without_last_lines(std::string text, int count) {
  for (; count > 0; --count) text.resize(text.rfind('\n', text.size() - 2) + 1);
  return text;
}

std::size_t line_of(const std::string& text, std::string_view what) {
  const auto before = text.substr(0, text.find(what));
  return static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

}  // namespace

TEST_CASE("verify: a ledger as it was written is sound, and what no checkpoint covers is counted") {
  const MadeLedger stage;
  Process first = stage.start(1);
  first.rotate(2);
  first.writer.reset();
  const Process second = stage.start(3);
  second.note(3);
  second.note(3);
  REQUIRE(second.writer->write().has_value());
  const Report report = stage.report();
  CHECK(report.damages.empty());
  REQUIRE(report.chains.size() == 2);
  CHECK(report.chains[0].state == ChainState::kClosed);
  CHECK(report.chains[0].covered == report.chains[0].records);
  CHECK(report.chains[0].segments == 2);
  CHECK(report.chains[1].state == ChainState::kLiving);
  CHECK(report.chains[1].records - report.chains[1].covered == 2);
  CHECK_FALSE(report.has_anchor);
}

TEST_CASE("verify: without a key nothing is verified, and one in the journal itself is none") {
  const MadeLedger stage;
  const Process process = stage.start(1);
  CHECK_FALSE(verify(*stage.directory, {}).has_value());
  const auto other = SealKey::load_or_make(stage.root / "other.key");
  const auto report = verify(*stage.directory, {{other->public_key()}, {}});
  REQUIRE(report.has_value());
  REQUIRE(report->damages.size() == 1);
  CHECK(report->damages[0].seq == 1);
  CHECK(report->damages[0].what.find("none of those that are believed") != std::string::npos);
  CHECK(report->chains[0].covered == 0);
}

TEST_CASE("verify: the first changed record is named, also when all hashes behind it are right") {
  const MadeLedger stage;
  Process process = stage.start(1);
  process.note(1);
  process.note(1);
  process.record(1, "stop", "{}");
  process.writer.reset();
  const std::string text = stage.read(process);
  const std::size_t line = line_of(text, "\"seq\":5,");
  const std::string changed =
      replaced(text, "\"seq\":5,\"time\":\"1970-01-02", "\"seq\":5,\"time\":\"1970-01-03");
  for (const std::string& attack : {changed, rehashed(process, changed, line)}) {
    stage.write(process, attack);
    const auto damages = stage.damages();
    REQUIRE(damages.size() == 1);
    CHECK(damages[0].seq == 5);
    CHECK(damages[0].line == line + 1);
    CHECK(damages[0].file == segment_file_name(process.name, 1));
  }
}

TEST_CASE(
    "verify: a cut end is found in a chain that is closed; in one that is not, an anchor does") {
  const MadeLedger stage;
  Process first = stage.start(1);
  first.note(1);
  REQUIRE(first.writer->seal(kDay).has_value());
  const std::string whole = stage.read(first);
  const std::string newest = first.writer->newest_checkpoint();
  first.writer.reset();
  const std::string cut = without_last_lines(whole, 2);
  stage.write(first, cut);
  CHECK(stage.damages().empty());
  const auto anchors = read_anchors(anchor_key_line(stage.key->public_key()) + newest + "\n");
  REQUIRE(anchors.has_value());
  const auto anchored = stage.damages(*anchors);
  REQUIRE(anchored.size() == 1);
  CHECK(anchored[0].what.find("the anchor has record") != std::string::npos);
  stage.write(first, whole);
  const Process second = stage.start(2);
  CHECK(stage.damages(*anchors).empty());
  stage.write(first, cut);
  const auto closed = stage.damages();
  REQUIRE(closed.size() == 1);
  CHECK(closed[0].what.find("the end was cut off") != std::string::npos);
}

TEST_CASE(
    "verify: a chain that is gone is found by the one after it; the newest by an anchor only") {
  const MadeLedger stage;
  Process first = stage.start(1);
  first.writer.reset();
  Process second = stage.start(2);
  const auto anchors = read_anchors(anchor_key_line(stage.key->public_key()) +
                                    second.writer->newest_checkpoint() + "\n");
  second.writer.reset();
  const std::string text = stage.read(second);
  std::filesystem::remove(stage.path(second));
  CHECK(stage.damages().empty());
  REQUIRE(stage.damages(*anchors).size() == 1);
  CHECK(stage.damages(*anchors)[0].chain == second.name);
  stage.write(second, text);
  std::filesystem::remove(stage.path(first));
  REQUIRE(stage.damages().size() == 1);
  CHECK(stage.damages()[0].chain == first.name);
}

TEST_CASE(
    "verify: lines that a failed segment repeats count once, what stands behind them is void") {
  const MadeLedger stage;
  const Process process = stage.start(1);
  process.note(1);
  REQUIRE(process.writer->write().has_value());  // and is never synced
  REQUIRE(process.writer->continue_in_new_segment(kDay, R"({"reason":"failure"})").has_value());
  process.record(1, "outcome", "{}");
  const Report report = stage.report();
  CHECK(report.damages.empty());
  CHECK(report.chains[0].records == process.writer->seq());
  stage.write(process, stage.read(process) + "{\"v\":1,\"torn");
  CHECK(stage.damages().empty());
  // Without a failure nothing may stand there.
  const Process other = stage.start(2);
  other.rotate(2);
  stage.write(other, stage.read(other) + "{\"v\":1,\"torn");
  CHECK(stage.damages().size() == 1);
}

TEST_CASE("verify: a torn end is told and is no damage; a missing segment is one") {
  const MadeLedger stage;
  const Process process = stage.start(1);
  process.rotate(2);
  process.rotate(3);
  stage.write(process, stage.read(process, 3) + "{\"v\":1,\"torn", 3);
  CHECK(stage.damages().empty());
  CHECK(stage.report().chains[0].torn_bytes == 12);
  std::filesystem::remove(stage.path(process, 2));
  REQUIRE(stage.damages().size() == 1);
  CHECK(stage.damages()[0].file == segment_file_name(process.name, 2));
}

TEST_CASE("verify: what was added behind the end of a closed chain is found, also half a line") {
  const MadeLedger stage;
  Process first = stage.start(1);
  first.writer.reset();
  const std::string whole = stage.read(first);
  const Process second = stage.start(2);
  REQUIRE(stage.damages().empty());
  SUBCASE("to its last segment") {
    stage.write(first, whole + "{\"v\":1,");
  }
  SUBCASE("as a segment that did not begin") {
    stage.write(first, "{\"v\":1,", 2);
  }
  SUBCASE("as an empty segment") {
    stage.write(first, "", 2);
  }
  const auto damages = stage.damages();
  REQUIRE(damages.size() == 1);
  CHECK(damages[0].chain == first.name);
  CHECK(damages[0].seq == stage.report().chains[0].records + 1);
  CHECK(damages[0].what.find("after chain " + second.name + " had seen the end") !=
        std::string::npos);
  CHECK(stage.report().chains[0].covered == stage.report().chains[0].records);
}

// Its start records what there is of it before it cuts that off, and may end in between.
TEST_CASE("verify: a torn end that is recorded and not cut off yet is no damage") {
  const MadeLedger stage;
  Process first = stage.start(1);
  first.writer.reset();
  const std::string whole = stage.read(first);
  std::string torn = "{\"v\":1,";
  std::uint32_t segment = 1;
  SUBCASE("short, in the record") {}
  SUBCASE("long, in a file beside") {
    torn.append(std::size_t{40} << 10, 'x');
  }
  SUBCASE("a segment that did not begin") {
    segment = 2;
  }
  const std::string before = segment == 1 ? whole : std::string{};
  stage.write(first, before + torn, segment);
  Process second = stage.start(2);
  second.writer.reset();
  CHECK_FALSE(stage.has(first, 2));
  CHECK(stage.read(first) == whole);
  stage.write(first, before + torn, segment);
  CHECK(stage.damages().empty());
  // A later start that does not remember finds it cut off.
  stage.write(first, whole);
  std::filesystem::remove(stage.path(first, 2));
  std::filesystem::remove(stage.root / "audit/ledger.json");
  const Process third = stage.start(3);
  CHECK(stage.damages().empty());
  stage.write(first, before + torn, segment);
  CHECK(stage.damages().empty());
  stage.write(first, before + torn + "y", segment);
  CHECK(stage.damages().size() == (segment == 1 ? 1 : 0));
}
