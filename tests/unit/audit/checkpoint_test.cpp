// SPDX-License-Identifier: Apache-2.0
#include "audit/checkpoint.hpp"

#include "unit/audit/made_ledger.hpp"

using namespace toolpost;
using namespace toolpost::audit;

TEST_CASE("checkpoint: is believed with its signature only") {
  const MadeLedger stage;
  const Process process = stage.start(1);
  const std::string line = process.writer->newest_checkpoint();
  const auto point = read_checkpoint(line, stage.keys());
  REQUIRE(point.has_value());
  CHECK(point->chain == process.name);
  CHECK(point->to + 1 == process.writer->seq());
  CHECK(point->time == "1970-01-02T00:00:00.000000Z");
  CHECK(point->key == stage.key->public_key().id());
  std::string changed = line;
  changed.replace(changed.find("1970"), 4, "1971");
  const auto wrong = read_checkpoint(changed, stage.keys());
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().message().find("signature") != std::string::npos);
  CHECK(read_unproven_checkpoint(changed).has_value());
  CHECK_FALSE(read_checkpoint(line, {}).has_value());
  CHECK_FALSE(read_checkpoint("{}", stage.keys()).has_value());
}

TEST_CASE("anchor: has keys and of each chain the newest checkpoint; a cut line is left out") {
  const MadeLedger stage;
  const std::string key = anchor_key_line(stage.key->public_key());
  const Process process = stage.start(1);
  const std::string older = process.writer->newest_checkpoint() + "\n";
  process.note(1);
  REQUIRE(process.writer->seal(kDay).has_value());
  const std::string newer = process.writer->newest_checkpoint() + "\n";
  const auto anchors =
      read_anchors(key + newer.substr(0, 99) + "\n" + newer + older + key + "{\"v\":1");
  REQUIRE(anchors.has_value());
  CHECK(anchors->keys.size() == 1);
  CHECK(anchors->unread_lines == 1);
  CHECK(anchors->first_unread_line == 2);
  REQUIRE(anchors->checkpoints.size() == 1);
  CHECK(anchors->checkpoints[0].to + 1 == process.writer->seq());
  CHECK(read_anchors(key)->checkpoints.empty());
}

TEST_CASE("anchor: what is wrong with it is named with its line") {
  const MadeLedger stage;
  const std::string key = anchor_key_line(stage.key->public_key());
  const Process process = stage.start(1);
  const std::string point = process.writer->newest_checkpoint() + "\n";
  const auto error = [](const std::string& text) {
    const auto read = read_anchors(text);
    REQUIRE_FALSE(read.has_value());
    return read.error().message();
  };
  CHECK(error("").find("no key") != std::string::npos);
  CHECK(error(point).find("no key") != std::string::npos);
  CHECK(error(key + "{}\n").find("line 2: is no checkpoint") != std::string::npos);
  CHECK(error("{\"toolpost_audit_key\":\"?\"}\n").find("line 1") != std::string::npos);
  std::string forged = point;
  forged.replace(forged.find("1970"), 4, "1971");
  CHECK(error(key + forged).find("line 2") != std::string::npos);
}
