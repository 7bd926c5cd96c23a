// SPDX-License-Identifier: Apache-2.0
#include "audit/retention.hpp"

#include "audit/caretaker.hpp"
#include "audit/retention_memory.hpp"
#include "base/utc_time.hpp"
#include "unit/audit/made_ledger.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace toolpost;
using namespace toolpost::audit;

namespace {

namespace fs = std::filesystem;

class Stage : public MadeLedger {
 public:
  RetentionPlan plan(std::int64_t horizon_day, const RetentionWords& known = {}) const {
    auto lock = LedgerLock::take(*directory);
    auto plan = plan_retention(*directory, *lock, keys(), to_utc_time(horizon_day * 86'400), known);
    REQUIRE(plan.has_value());
    return std::move(*plan);
  }

  void remove(const std::vector<Removal>& removals) const {
    auto lock = LedgerLock::take(*directory);
    REQUIRE(remove_segments(*directory, *lock, removals).has_value());
  }

  // A whole pass, recorded by this process.
  RetentionPlan pass(const Process& by, std::int64_t day, std::int64_t horizon_day) const {
    RetentionPlan done = plan(horizon_day);
    remove(done.left);
    if (done.object.empty()) return done;
    const std::uint64_t seq = by.record(day, "retention", done.object);
    REQUIRE(remember_retention(*directory, by.name, seq).has_value());
    REQUIRE(is_retention_proven(*directory, by.name, seq, keys()));
    remove(done.removals);
    return done;
  }
};

}  // namespace

TEST_CASE("retention: a segment goes when the one behind it began long enough ago") {
  const Stage stage;
  const Process process = stage.start(1);
  process.rotate(2);
  process.note(3);
  process.rotate(10);
  const RetentionPlan done = stage.pass(process, 11, 5);
  REQUIRE(done.removals.size() == 1);
  CHECK_FALSE(done.removals[0].is_whole);
  CHECK_FALSE(stage.has(process, 1));
  CHECK(stage.has(process, 2));
  CHECK(stage.damages().empty());
  // Nothing more is due; later the next one is, and the newest segment never.
  CHECK(stage.pass(process, 12, 5).object.empty());
  CHECK(stage.pass(process, 99, 98).removals.size() == 1);
  CHECK_FALSE(stage.has(process, 2));
  CHECK(stage.has(process, 3));
  CHECK(stage.damages().empty());
}

TEST_CASE("retention: what is removed without a record is found") {
  const Stage stage;
  const Process process = stage.start(1);
  process.rotate(2);
  process.note(3);
  REQUIRE(process.writer->seal(3 * kDay).has_value());
  stage.remove(stage.plan(5).removals);
  const auto damages = stage.damages();
  REQUIRE(damages.size() == 1);
  CHECK(damages[0].what.find("no record says") != std::string::npos);
  // And is not explained afterwards.
  process.rotate(4);
  const RetentionPlan later = stage.pass(process, 12, 11);
  CHECK(later.removals.empty());
  CHECK(later.doubtful == std::vector{process.name});
  CHECK(stage.damages().size() == 1);
}

TEST_CASE("retention: a closed chain goes as a whole, and the link to it is kept") {
  const Stage stage;
  Process first = stage.start(1);
  first.rotate(2);
  first.writer.reset();
  const Process second = stage.start(3);
  CHECK(stage.pass(second, 4, 2).object.empty());
  CHECK(stage.plan(3).removals.size() == 1);  // its first segment, as the second began before
  const RetentionPlan done = stage.pass(second, 9, 5);
  REQUIRE(done.removals.size() == 1);
  CHECK(done.removals[0].is_whole);
  CHECK_FALSE(stage.has(first, 1));
  CHECK_FALSE(stage.has(first, 2));
  CHECK(done.words.links.at(second.name) == first.name);
  CHECK(stage.damages().empty());
  // The next record repeats what still matters, so that the one before it may go.
  second.rotate(10);
  second.note(10);
  const Process third = stage.start(11);
  const RetentionPlan more = stage.pass(third, 20, 19);
  REQUIRE(more.removals.size() == 1);
  CHECK(more.removals[0].chain == second.name);
  CHECK_FALSE(stage.has(second, 1));
  CHECK(stage.damages().empty());
}

TEST_CASE("retention: a chain that nobody has closed stays") {
  const Stage stage;
  Process first = stage.start(1);
  const Process second = stage.start(2);  // while the first lives
  first.rotate(3);
  first.writer.reset();
  const RetentionPlan plan = stage.plan(9);
  CHECK(plan.removals.empty());
  CHECK(plan.doubtful.empty());
}

TEST_CASE(
    "retention: a removal that was not finished is explained, and finished by the next pass") {
  const Stage stage;
  Process first = stage.start(1);
  first.rotate(2);
  first.rotate(3);
  first.writer.reset();
  const Process second = stage.start(4);
  const RetentionPlan plan = stage.plan(9);
  const std::uint64_t seq = second.record(10, "retention", plan.object);
  REQUIRE(remember_retention(*stage.directory, second.name, seq).has_value());
  fs::remove(stage.path(first));
  CHECK(stage.damages().empty());
  const RetentionPlan next = stage.pass(second, 10, 9);
  CHECK(next.object.empty());
  REQUIRE(next.left.size() == 1);
  CHECK_FALSE(stage.has(first, 2));
  CHECK_FALSE(stage.has(first, 3));
  CHECK(stage.damages().empty());
}

TEST_CASE(
    "retention: a chain that is not as its closing says stays, and so does what proves that") {
  const Stage stage;
  Process first = stage.start(1);
  first.writer.reset();
  Process second = stage.start(2);
  second.writer.reset();
  const Process third = stage.start(3);
  const std::string whole = stage.read(first);
  stage.write(first, whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1));
  const RetentionPlan done = stage.pass(third, 20, 19);
  CHECK(done.removals.empty());
  CHECK(done.doubtful == std::vector{first.name});
  CHECK(stage.has(second, 1));
  CHECK(stage.damages().size() == 1);
}

TEST_CASE(
    "retention: what earlier records say is found without the hint, and only when it is proven") {
  const Stage stage;
  const Process process = stage.start(1);
  process.rotate(2);
  process.rotate(10);
  stage.pass(process, 11, 5);
  const auto recall = [&] {
    return recall_retention(*stage.directory, *stage.directory->segments(), stage.keys());
  };
  CHECK(recall().newest(process.name) != nullptr);
  REQUIRE(stage.directory->replace("retention.json", "{\"chain\":\"../x\",\"seq\":1}").has_value());
  REQUIRE(recall().newest(process.name) != nullptr);
  CHECK(recall().newest(process.name)->segment == 1);
  // Written by somebody without the key: the hashes are right, the signature is not.
  const std::string forged = *make_chain_name(86'400);
  const auto other = SealKey::load_or_make(stage.root / "other.key");
  ChainWriter forger{*stage.directory, *other, forged};
  REQUIRE(forger.open().has_value());
  REQUIRE(forger.append("start", kDay, "{}").has_value());
  RetentionWords words;
  words.horizon = to_utc_time(0);
  words.trimmed[process.name] = {{9, 9, genesis(forged)}};
  std::string object;
  json::Writer writer{object};
  writer.begin_object();
  words.write(writer);
  writer.end_object();
  REQUIRE(forger.append("retention", kDay, object).has_value());
  REQUIRE(forger.seal(kDay).has_value());
  REQUIRE(remember_retention(*stage.directory, forged, 2).has_value());
  CHECK(recall().newest(process.name)->segment == 1);
  CHECK_FALSE(is_retention_proven(*stage.directory, forged, 2, stage.keys()));
}

TEST_CASE(
    "retention: a chain that the anchor has seen after the horizon cannot have been removed") {
  const Stage stage;
  Process first = stage.start(1);
  first.writer.reset();
  const Process second = stage.start(2);
  stage.pass(second, 20, 10);
  REQUIRE_FALSE(stage.has(first, 1));
  Checkpoint checkpoint;
  checkpoint.chain = first.name;
  checkpoint.to = 1;
  checkpoint.time = "1970-01-03T00:00:00.000000Z";
  CHECK(stage.damages(Anchors{{}, {checkpoint}}).empty());
  checkpoint.time = "1970-01-15T00:00:00.000000Z";
  CHECK(stage.damages(Anchors{{}, {checkpoint}}).size() == 1);
}

TEST_CASE(
    "retention: a chain whose first segments are gone is still missed when all of it is taken "
    "away") {
  const Stage stage;
  Process first = stage.start(1);
  first.rotate(2);
  first.rotate(10);
  stage.pass(first, 11, 5);
  REQUIRE_FALSE(stage.has(first, 1));
  const Process second = stage.start(12);  // while the first lives
  first.writer.reset();
  const Process third = stage.start(13);  // closes the first
  CHECK(stage.damages().empty());
  for (const std::uint32_t segment : {2U, 3U}) fs::remove(stage.path(first, segment));
  REQUIRE(stage.damages().size() == 1);
  CHECK(stage.damages()[0].chain == first.name);
  // What follows the second only: nobody names the first but who has seen its end.
  REQUIRE(stage.read(second).find("\"previous\":{\"chain\":\"" + first.name + "\"}") !=
          std::string::npos);
  fs::remove(stage.path(second));
  CHECK(stage.damages().size() == 2);
}

TEST_CASE("retention: the caretaker records what it removes, and then removes it") {
  const Stage stage;
  Process first = stage.start(1);
  first.rotate(2);
  first.writer.reset();
  auto log = Log::open({.level = LogLevel::kFatal});
  REQUIRE(log.has_value());
  const std::string name = *make_chain_name(std::int64_t{3} * 86'400);
  auto lock = LedgerLock::take(*stage.directory);
  auto ledger = Ledger::enter(*stage.directory, *lock, name);
  REQUIRE(ledger.has_value());
  REQUIRE(ledger->ended().size() == 1);
  // Nothing is old for this clock but what the process of day 1 has written, and its end is known
  // only now: the first segment may go, the second not yet.
  auto journal = Journal::open(*stage.directory, *stage.key, name, {},
                               {{"start", "{\"previous\":" + ledger->previous() + "}"},
                                {"closed", ledger->ended()[0].object}},
                               {}, **log);
  REQUIRE(journal.has_value());
  REQUIRE(ledger->finish().has_value());
  ledger = invalid("done");
  lock = invalid("done");
  Caretaker caretaker{*stage.directory, stage.key->public_key(), **journal, std::chrono::days{1},
                      **log};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (stage.has(first, 1) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  caretaker.stop();
  CHECK(caretaker.wait(std::chrono::seconds{30}));
  CHECK((*journal)->close("done", std::chrono::seconds{30}));
  CHECK_FALSE(stage.has(first, 1));
  CHECK(stage.has(first, 2));
  CHECK(stage.damages().empty());
}
