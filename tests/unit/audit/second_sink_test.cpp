// SPDX-License-Identifier: Apache-2.0
#include "audit/second_sink.hpp"

#include "base/unique_fd.hpp"
#include "unit/audit/made_ledger.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <thread>

using namespace toolpost;
using namespace toolpost::audit;

namespace {

constexpr std::chrono::seconds kPatience{30};

struct Stage : MadeLedger {
  std::unique_ptr<SecondSink> open() const {
    auto sink = SecondSink::open(file, key->public_key(), *log);
    REQUIRE(sink.has_value());
    return std::move(*sink);
  }

  std::string text(const std::string& name) const {
    std::ifstream in{name, std::ios::binary};
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
  }

  template <class Condition>
  bool comes(const Condition& condition) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
  }

  std::string place = root / "elsewhere";
  std::string file = place + "/anchor.jsonl";
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
};

}  // namespace

TEST_CASE("second sink: what it writes is an anchor, and goes on in a new file when it is moved") {
  const Stage stage;
  std::filesystem::create_directory(stage.place);
  const auto sink = stage.open();
  const Process process = stage.start(1);
  const std::string checkpoint = process.writer->newest_checkpoint();
  sink->push(checkpoint);
  const std::string key = anchor_key_line(stage.key->public_key());
  CHECK(stage.comes([&] { return stage.text(stage.file) == key + checkpoint + "\n"; }));
  CHECK(stage.damages(*read_anchors(stage.text(stage.file))).empty());
  std::filesystem::rename(stage.file, stage.file + ".1");
  process.record(2, "outcome", "{}");
  const std::string newer = process.writer->newest_checkpoint();
  sink->push(newer);
  CHECK(stage.comes([&] { return stage.text(stage.file) == key + newer + "\n"; }));
  CHECK(stage.text(stage.file + ".1") == key + checkpoint + "\n");
  // Each file is an anchor by itself.
  CHECK(read_anchors(stage.text(stage.file)).has_value());
  CHECK(sink->close(kPatience));
  CHECK(sink->is_well(kPatience));
}

TEST_CASE("second sink: is not well while its place takes nothing, and then brings the newest") {
  const Stage stage;
  std::filesystem::create_directory(stage.place);
  const auto sink = stage.open();
  std::filesystem::rename(stage.place, stage.place + ".away");
  const Process process = stage.start(1);
  sink->push(process.writer->newest_checkpoint());
  CHECK(stage.comes([&] { return !sink->is_well(kPatience); }));
  process.record(2, "outcome", "{}");
  sink->push(process.writer->newest_checkpoint());
  std::filesystem::create_directory(stage.place);
  CHECK(stage.comes([&] { return sink->is_well(kPatience); }));
  CHECK(sink->close(kPatience));
  CHECK(stage.text(stage.file).ends_with(process.writer->newest_checkpoint() + "\n"));
}

TEST_CASE("second sink: a place that cannot be opened is an error at once") {
  const Stage stage;
  const auto sink = SecondSink::open(stage.file, stage.key->public_key(), *stage.log);
  REQUIRE_FALSE(sink.has_value());
  CHECK(sink.error().message().find(stage.file) != std::string::npos);
}

TEST_CASE("second sink: a pipe is written when somebody reads it, and refused when nobody does") {
  const Stage stage;
  std::filesystem::create_directory(stage.place);
  REQUIRE(::mkfifo(stage.file.c_str(), 0600) == 0);
  const auto refused = SecondSink::open(stage.file, stage.key->public_key(), *stage.log);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message().starts_with(stage.file + ": not a regular file"));
  const UniqueFd reader{::open(stage.file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  REQUIRE(reader);
  const auto sink = stage.open();
  std::string text(4096, '\0');
  const ssize_t count = ::read(reader.get(), text.data(), text.size());
  REQUIRE(count > 0);
  text.resize(static_cast<std::size_t>(count));
  CHECK(text == anchor_key_line(stage.key->public_key()));
}
