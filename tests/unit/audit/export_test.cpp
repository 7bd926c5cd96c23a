// SPDX-License-Identifier: Apache-2.0
#include "audit/export.hpp"

#include "unit/audit/made_ledger.hpp"

using namespace toolpost;
using namespace toolpost::audit;

namespace {

struct Exported {
  std::vector<std::string> lines;
  std::vector<Break> breaks;
};

Exported export_all(const std::vector<const Directory*>& directories, const Filter& filter = {}) {
  Exported exported;
  auto breaks = export_records(directories, filter, [&](std::string_view line) {
    exported.lines.emplace_back(line);
    return true;
  });
  REQUIRE(breaks.has_value());
  exported.breaks = std::move(*breaks);
  return exported;
}

std::string days(const Exported& exported) {
  std::string text;
  for (const std::string& line : exported.lines) text += read_line(line)->time.substr(8, 2);
  return text;
}

}  // namespace

TEST_CASE("export: joins the chains of several ledgers by time, each line as it stands") {
  const MadeLedger one;
  const MadeLedger other;
  const Process first = one.start(1);
  const Process second = other.start(2);
  first.record(3, "outcome", "{}");
  second.record(4, "outcome", "{}");
  first.rotate(5);
  const Exported exported = export_all({&*one.directory, &*other.directory});
  CHECK(exported.breaks.empty());
  // A start has two records and two checkpoints, each further step one of each; a
  // rotation begins with the record of its segment.
  CHECK(days(exported) == "020202020303030304040505060606");
  std::string all;
  for (const std::string& line : exported.lines) {
    if (line.find(second.name) != std::string::npos) all += line + "\n";
  }
  CHECK(all == other.read(second));
}

TEST_CASE("export: filters by time, type, user and item") {
  const MadeLedger stage;
  const Process process = stage.start(1);
  process.record(2, "outcome", R"({"user":"ann","item":"add"})");
  process.record(3, "outcome", R"({"user":"bob","item":"add"})");
  process.record(4, "intent", R"({"user":"ann","item":"\u0061dd"})");
  const auto count = [&](const Filter& filter) {
    return export_all({&*stage.directory}, filter).lines.size();
  };
  CHECK(count({.user = "ann"}) == 2);
  CHECK(count({.user = "ann", .type = "intent"}) == 1);
  CHECK(count({.item = "add"}) == 3);
  CHECK(count({.user = "an"}) == 0);
  CHECK(count({.from = 3 * 86'400, .type = "outcome"}) == 1);
  CHECK(count({.to = 3 * 86'400, .user = "ann"}) == 1);
}

TEST_CASE("export: what does not follow is left out with all behind it, and reported") {
  const MadeLedger stage;
  const Process process = stage.start(1);
  process.note(2);
  process.record(3, "outcome", "{}");
  std::string text = stage.read(process);
  text.replace(text.find("1970-01-03"), 10, "1970-01-09");
  stage.write(process, text);
  const Exported exported = export_all({&*stage.directory});
  REQUIRE(exported.breaks.size() == 1);
  CHECK(exported.breaks[0].chain == process.name);
  CHECK(exported.breaks[0].seq == exported.lines.size() + 1);
  CHECK(days(exported) == "02020202");
}
