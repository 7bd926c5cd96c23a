// SPDX-License-Identifier: Apache-2.0
#include "audit/journal.hpp"

#include "base/base64.hpp"
#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/resource.h>

using namespace toolpost;
using namespace toolpost::audit;

namespace {

namespace fs = std::filesystem;

struct Ends {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::uint64_t> numbers;

  void add(std::uint64_t seq) {
    const std::lock_guard lock{mutex};
    numbers.push_back(seq);
    changed.notify_all();
  }

  std::vector<std::uint64_t> wait_for(std::size_t count) {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return numbers.size() >= count; });
    return numbers;
  }
};

class Note final : public Entry {
 public:
  Note(Ends& ends, std::string text, Durability durability)
      : ends_(ends), text_(std::move(text)), durability_(durability) {}

  std::string_view type() const noexcept override { return "outcome"; }

  Durability durability() const noexcept override { return durability_; }

  void write(std::string& out, Scribe&) override { out = "{\"note\":\"" + text_ + "\"}"; }

  void done(std::uint64_t seq) noexcept override { ends_.add(seq); }

 private:
  Ends& ends_;
  std::string text_;
  Durability durability_;
};

struct Stage {
  explicit Stage(const JournalOptions& options = {}, JournalHooks hooks = {}) {
    std::string path = (fs::temp_directory_path() / "toolpost-journal-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    root = path;
    directory.emplace(*Directory::open_or_make(root / "audit"));
    key.emplace(*SealKey::load_or_make(root / "audit.key"));
    journal = *Journal::open(*directory, *key, *make_chain_name(0), options,
                             {{"start", R"({"pid":1})"}}, std::move(hooks), *log);
  }

  ~Stage() {
    journal.reset();
    fs::remove_all(root);
  }

  std::unique_ptr<Entry> note(const std::string& text, Durability durability) {
    return std::make_unique<Note>(ends, text, durability);
  }

  std::vector<std::string> lines(std::uint32_t segment) const {
    std::ifstream in{root / "audit" / segment_file_name(journal->chain(), segment)};
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }

  fs::path root;
  std::optional<Directory> directory;
  std::optional<SealKey> key;
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  Ends ends;
  std::unique_ptr<Journal> journal;
};

std::string type_of(const std::string& line) {
  const auto document = json::parse(line);
  REQUIRE(document.has_value());
  return std::string{document->root().find("type")->as_string()};
}

// Recomputes every hash; the number of records.
std::size_t check_chain(const std::string& chain, const std::vector<std::string>& lines) {
  Hash hash = genesis(chain);
  std::int64_t seq = 0;
  for (const std::string& line : lines) {
    const auto document = json::parse(line);
    REQUIRE(document.has_value());
    CHECK(document->root().find("seq")->as_int64() == ++seq);
    hash = sha256(bytes_of(hash), std::string_view{line}.substr(0, line.rfind(kHashMember)));
    CHECK(document->root().find("hash")->as_string() == to_text(hash));
  }
  return lines.size();
}

}  // namespace

TEST_CASE("audit journal: what several threads record stands in one chain, each with its number") {
  Stage stage;
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 300;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < kEach; ++i) {
        stage.journal->record(
            stage.note(std::to_string(t), i % 3 == 0 ? Durability::kSynced : Durability::kWritten));
      }
    });
  }
  for (std::size_t i = 0; i < kEach; ++i) {
    auto entry = stage.note("io", Durability::kSynced);
    CHECK(stage.journal->submit(entry));
  }
  for (std::thread& thread : threads) thread.join();
  auto numbers = stage.ends.wait_for((kThreads + 1) * kEach);
  std::sort(numbers.begin(), numbers.end());
  CHECK(numbers.front() != 0);
  CHECK(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
  CHECK(stage.journal->close("test", std::chrono::minutes{1}));

  const auto lines = stage.lines(1);
  CHECK(check_chain(stage.journal->chain(), lines) > (kThreads + 1) * kEach);
  CHECK(type_of(lines.front()) == "start");
  CHECK(type_of(lines[lines.size() - 2]) == "stop");
  CHECK(type_of(lines.back()) == "checkpoint");
  std::size_t uncovered = 0;
  for (const std::string& line : lines) {
    uncovered = type_of(line) == "checkpoint" ? 0 : uncovered + 1;
    CHECK(uncovered <= kCheckpointRecords);
  }
  // After the end nothing is recorded, and that is said.
  stage.journal->record(stage.note("late", Durability::kWritten));
  CHECK(stage.ends.wait_for(numbers.size() + 1).back() == 0);
  CHECK(stage.journal->counts().records.value() == (kThreads + 1) * kEach);
  CHECK(stage.journal->counts().unrecorded.value() == 1);
  CHECK(stage.journal->counts().syncs.read().sum.count() > 0);
}

TEST_CASE("audit journal: a checkpoint comes by itself within a second") {
  std::mutex mutex;
  std::condition_variable told;
  std::string newest;
  Stage stage{{}, {.on_checkpoint = [&](std::string_view line) {
                const std::lock_guard lock{mutex};
                newest = line;
                told.notify_all();
              }}};
  stage.journal->record(stage.note("x", Durability::kWritten));
  std::unique_lock lock{mutex};
  told.wait(lock, [&] { return newest.find("\"to\":3,") != std::string::npos; });
  CHECK(type_of(newest) == "checkpoint");
}

TEST_CASE("audit journal: segments end by size and on request, and the chain goes on") {
  Stage stage{{.segment_bytes = 20'000}};
  for (int i = 0; i < 200; ++i) {
    stage.journal->record(stage.note(std::to_string(i), Durability::kSynced));
    stage.ends.wait_for(static_cast<std::size_t>(i) + 1);
  }
  stage.journal->ask_for_rotation("request");
  stage.journal->record(stage.note("last", Durability::kSynced));
  stage.ends.wait_for(201);
  CHECK(stage.journal->close("test", std::chrono::minutes{1}));
  std::vector<std::string> all;
  std::uint32_t segments = 0;
  std::string reasons;
  for (auto lines = stage.lines(1); !lines.empty(); lines = stage.lines(segments + 1)) {
    ++segments;
    if (segments > 1) {
      const auto head = json::parse(lines.front());
      REQUIRE(head.has_value());
      CHECK(type_of(lines.front()) == "segment");
      CHECK(head->root().find("segment")->as_int64() == std::int64_t{segments});
      const json::Value& before = *head->root().find("previous");
      const auto name = segment_file_name(stage.journal->chain(), segments - 1);
      CHECK(before.find("bytes")->as_int64() ==
            static_cast<std::int64_t>(fs::file_size(stage.root / "audit" / name)));
      CHECK(before.find("seq")->as_int64() == static_cast<std::int64_t>(all.size()));
      reasons += std::string{head->root().find("reason")->as_string()} + " ";
    }
    all.insert(all.end(), lines.begin(), lines.end());
  }
  CHECK(segments >= 3);
  CHECK(reasons.find("size") != std::string::npos);
  CHECK(reasons.find("request") != std::string::npos);
  check_chain(stage.journal->chain(), all);
}

TEST_CASE("audit journal: what was turned away is told, however soon the end comes") {
  Stage stage;
  stage.journal->count_refused();
  stage.journal->count_refused();
  stage.journal->count_unrecorded();
  CHECK(stage.journal->close("test", std::chrono::seconds{30}));
  const std::vector<std::string> lines = stage.lines(1);
  check_chain(stage.journal->chain(), lines);
  const auto gap = std::find_if(lines.begin(), lines.end(),
                                [](const std::string& line) { return type_of(line) == "gap"; });
  REQUIRE(gap != lines.end());
  CHECK(gap->find(R"("refused":2,"unrecorded":1)") != std::string::npos);
  CHECK(stage.journal->counts().refused.value() ==
        2);  // they are not told twice, but still counted
  CHECK(stage.journal->counts().unrecorded.value() == 1);
}

TEST_CASE("audit journal: that its file has been taken away is noticed") {
  std::mutex mutex;
  std::condition_variable ticked;
  Trouble trouble = Trouble::kNone;
  Stage stage{{}, {.on_tick = [&](Journal& journal) {
                const std::lock_guard lock{mutex};
                trouble = journal.trouble(Journal::Clock::now());
                ticked.notify_all();
              }}};
  const fs::path place = stage.root / "audit";
  SUBCASE("with its directory: there is no place to go on") {
    fs::remove_all(place);
    std::unique_lock lock{mutex};
    ticked.wait(lock, [&] { return trouble == Trouble::kFailed; });
    CHECK(stage.journal->trouble_text().find("audit") != std::string::npos);
  }
  SUBCASE("alone: it goes on in a new one") {
    fs::rename(place / segment_file_name(stage.journal->chain(), 1), place / "away");
    std::unique_lock lock{mutex};
    ticked.wait(lock, [&] { return !stage.lines(2).empty() && trouble == Trouble::kNone; });
    CHECK(type_of(stage.lines(2).front()) == "segment");
  }
}

TEST_CASE("audit key: two starts at once end with the same key, and its place is made") {
  Stage stage;
  const std::string path = stage.root / "not" / "there" / "yet.key";
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::vector<std::string> ids;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto key = SealKey::load_or_make(path);
      const std::lock_guard lock{mutex};
      ids.push_back(key ? key->public_key().id() : key.error().message());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& id : ids) CHECK(id == ids.front());
}
