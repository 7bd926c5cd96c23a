// SPDX-License-Identifier: Apache-2.0
// The index of a root over time: built, loaded, brought up to date, shared, stopped.
#include "index/project_index.hpp"

#include "built_index.hpp"
#include "files/network_file_system.hpp"
#include "index/bring_up_to_date.hpp"
#include "index/index_file.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <set>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

using namespace toolpost::project_index;

namespace {

using Pointer = ProjectIndex::SnapshotPointer;

// Counts the texts it is given, and can hold up whoever asks.
class CountingSymbols final : public SymbolSource {
 public:
  bool covers(std::string_view) const override { return true; }

  std::vector<FileSymbols> symbols_of_all(std::span<const SourceText> texts,
                                          const StopToken& stop) override {
    texts_ += static_cast<int>(texts.size());
    while (is_held_ && !stop.is_stopped()) std::this_thread::yield();
    std::vector<FileSymbols> answers;
    for (const auto& text : texts) answers.push_back(LineSymbols::symbols_in(text.content));
    return answers;
  }

  std::atomic<int> texts_ = 0;
  std::atomic<bool> is_held_ = false;
};

struct Fixture {
  ScratchTree tree;
  ScratchTree state;
  std::shared_ptr<CountingSymbols> symbols = std::make_shared<CountingSymbols>();
  std::vector<std::string> complaints;
  std::uint32_t max_files = WalkRules().max_files;

  std::string directory() const { return state.path("index"); }

  std::unique_ptr<ProjectIndex> open(bool watches = false,
                                     std::chrono::milliseconds longest = std::chrono::minutes(1),
                                     bool is_changed_elsewhere = false) {
    IndexSettings settings;
    settings.directory = directory();
    settings.rules.use_git_excludes = false;
    settings.rules.max_files = max_files;
    settings.symbols = symbols;
    settings.symbols_version = "lines 1";
    settings.watches = watches;
    settings.longest_catch_up = longest;
    settings.is_changed_elsewhere = is_changed_elsewhere;
    settings.trusted_for = std::chrono::milliseconds(0);
    settings.complain = [this](const std::string& sentence) { complaints.push_back(sentence); };
    auto index = ProjectIndex::open(tree.path(), std::move(settings));
    REQUIRE_MESSAGE(index.ok(), (index.ok() ? "" : index.refusal().text));
    return std::move(*index);
  }

  void write_many(int count) const {
    for (int number = 0; number < count; ++number)
      tree.write("f" + std::to_string(number), "def n" + std::to_string(number) + "\n");
  }

  std::string index_path() const {
    for (const auto& entry : std::filesystem::directory_iterator(directory()))
      if (entry.path().extension() == ".index") return entry.path().string();
    return {};
  }
};

// While it lives, this process can open nothing.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit none{STDERR_FILENO + 1, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }

  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;

 private:
  rlimit before_{};
};

Pointer taken(Checked<Pointer> snapshot) {
  REQUIRE_MESSAGE(snapshot.ok(), (snapshot.ok() ? "" : snapshot.refusal().text));
  return *snapshot;
}

Pointer first(ProjectIndex& index) {
  return taken(index.snapshot(StopToken(), {}));
}

Pointer listed(ProjectIndex& index) {
  return taken(index.listing(StopToken(), {}));
}

Pointer refreshed(ProjectIndex& index) {
  return taken(index.refresh(StopToken(), {}));
}

std::size_t defined(const Snapshot& snapshot, const std::string& name) {
  return snapshot.find_symbols({.name = name}).hits.size();
}

}  // namespace

TEST_CASE("project index: what was built is loaded, and nothing is read again") {
  Fixture fixture;
  fixture.write_many(20);
  CHECK(first(*fixture.open())->file_count() == 20);
  CHECK(fixture.symbols->texts_ == 20);
  const auto index = fixture.open();
  const auto loaded = first(*index);
  CHECK(loaded->file_count() == 20);
  CHECK(defined(*loaded, "n7") == 1);
  CHECK_FALSE(loaded->facts().was_rebuilt);
  CHECK(loaded->facts().counts.files == 20);
  CHECK(fixture.symbols->texts_ == 20);
  CHECK(first(*index) == loaded);
  CHECK(fixture.complaints.empty());
}

TEST_CASE("project index: a damaged one is made anew, and that is said") {
  Fixture fixture;
  fixture.write_many(20);
  first(*fixture.open());
  const auto path = fixture.index_path();
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(path) / 2));
  file.put('\x7f').put('\x7f').put('\x7f');
  file.close();
  const auto rebuilt = first(*fixture.open());
  CHECK(rebuilt->facts().was_rebuilt);
  CHECK(rebuilt->facts().rebuilt_why.find("is damaged (checksum)") != std::string::npos);
  CHECK(rebuilt->file_count() == 20);
  REQUIRE(fixture.complaints.size() == 1);
  CHECK(fixture.complaints[0].find(" on disk is not used and made anew: ") != std::string::npos);
  CHECK_FALSE(first(*fixture.open())->facts().was_rebuilt);
}

TEST_CASE("project index: a refresh takes in what changed, tells it, and reads nothing else") {
  Fixture fixture;
  fixture.write_many(20);
  const auto index = fixture.open();
  const auto before = first(*index);
  std::vector<std::string> told;
  index->on_update([&](const std::vector<std::string>& changed) { told = changed; });
  refreshed(*index);
  CHECK(told.empty());
  fixture.tree.write("f3", "def other\n");
  fixture.tree.write("sub/new", "def fresh\n");
  fixture.tree.remove("f4");
  const auto after = refreshed(*index);
  CHECK(told == std::vector<std::string>{"f3", "f4", "sub/new"});
  CHECK(fixture.symbols->texts_ == 22);
  CHECK(after->file_count() == 20);
  CHECK(defined(*after, "other") == 1);
  CHECK(defined(*after, "n3") == 0);
  CHECK(defined(*after, "n4") == 0);
  CHECK(defined(*after, "fresh") == 1);
  CHECK(after->facts().generation > before->facts().generation);
  // The one before is what it was.
  CHECK(defined(*before, "n4") == 1);
}

TEST_CASE("project index: many changes are written, with what has not changed taken over") {
  Fixture fixture;
  fixture.write_many(600);
  const auto index = fixture.open();
  first(*index);
  for (int number = 0; number < 300; ++number)
    fixture.tree.write("f" + std::to_string(number), "def other" + std::to_string(number) + "\n");
  const auto after = refreshed(*index);
  CHECK(fixture.symbols->texts_ == 900);
  CHECK(after->overlay_pointer() != nullptr);
  CHECK(after->base().files().count() == 600);
  CHECK(defined(*after, "other299") == 1);
  CHECK(defined(*after, "n299") == 0);
  CHECK(defined(*after, "n300") == 1);
  CHECK(first(*fixture.open())->symbol_count() == 600);
  CHECK(fixture.symbols->texts_ == 900);
}

TEST_CASE("project index: of two that share a directory one writes, and both are right") {
  Fixture fixture;
  fixture.write_many(300);
  const auto one = fixture.open();
  first(*one);
  const auto other = fixture.open();
  first(*other);
  CHECK(fixture.symbols->texts_ == 300);
  const auto written = std::filesystem::last_write_time(fixture.index_path());
  for (int number = 0; number < 300; ++number)
    fixture.tree.write("f" + std::to_string(number), "def other\n");
  CHECK(defined(*refreshed(*other), "other") == 100);
  CHECK(std::filesystem::last_write_time(fixture.index_path()) == written);
  CHECK(defined(*refreshed(*one), "other") == 100);
  CHECK(std::filesystem::last_write_time(fixture.index_path()) != written);
}

TEST_CASE("project index: callers that come at once share one build, and any may give up") {
  Fixture fixture;
  fixture.write_many(50);
  const auto index = fixture.open();
  fixture.symbols->is_held_ = true;
  Pointer one;
  Pointer two;
  std::thread first_caller([&] { one = first(*index); });
  while (fixture.symbols->texts_ == 0) std::this_thread::yield();
  std::thread second_caller([&] { two = first(*index); });
  StopToken stop;
  std::string refusal;
  std::thread third_caller([&] {
    const auto given_up = index->snapshot(stop, {});
    if (!given_up.ok()) refusal = given_up.refusal().text;
  });
  stop.stop();
  third_caller.join();
  CHECK(refusal == "indexing was cancelled");
  fixture.symbols->is_held_ = false;
  first_caller.join();
  second_caller.join();
  CHECK(one == two);
  CHECK(fixture.symbols->texts_ == 50);
}

TEST_CASE("project index: a cancelled build leaves nothing, and the next caller builds") {
  Fixture fixture;
  fixture.write_many(50);
  const auto index = fixture.open();
  fixture.symbols->is_held_ = true;
  StopToken stop;
  std::string refusal;
  std::thread caller([&] {
    const auto stopped = index->snapshot(stop, {});
    if (!stopped.ok()) refusal = stopped.refusal().text;
  });
  while (fixture.symbols->texts_ == 0) std::this_thread::yield();
  stop.stop();
  caller.join();
  CHECK(refusal == "indexing was cancelled");
  CHECK(fixture.index_path().empty());
  fixture.symbols->is_held_ = false;
  CHECK(defined(*first(*index), "n49") == 1);
}

TEST_CASE("project index: what is listed before it is made has no symbols and waits for nobody") {
  Fixture fixture;
  fixture.write_many(20);
  const auto index = fixture.open();
  const auto before = listed(*index);
  CHECK_FALSE(before->facts().is_indexed);
  CHECK(before->facts().generation == 0);
  CHECK(before->file_count() == 20);
  CHECK(before->find("f7"));
  CHECK(before->symbol_count() == 0);
  CHECK(before->candidates(TrigramQuery::of_literal("nowhere", false)).size() == 20);
  CHECK(fixture.index_path().empty());

  fixture.symbols->is_held_ = true;
  std::thread builder([&] { (void)index->snapshot(StopToken(), {}); });
  while (fixture.symbols->texts_ == 0) std::this_thread::yield();
  fixture.tree.write("new", "def new\n");
  const auto meanwhile = index->listing(StopToken(), {});
  fixture.symbols->is_held_ = false;
  builder.join();
  CHECK(taken(meanwhile)->find("new"));
  const auto after = listed(*index);
  CHECK(after == first(*index));
  CHECK(after->facts().is_indexed);
  CHECK(fixture.complaints.empty());
}

TEST_CASE("project index: what is listed is the index, if there is one on disk") {
  Fixture fixture;
  fixture.write_many(20);
  first(*fixture.open());
  fixture.tree.write("new", "def new\n");
  const auto index = fixture.open();
  const auto loaded = listed(*index);
  CHECK(loaded->facts().is_indexed);
  CHECK(defined(*loaded, "n7") == 1);
  CHECK(defined(*loaded, "new") == 1);
  std::filesystem::resize_file(fixture.index_path(), 100);
  const auto other = fixture.open();
  CHECK_FALSE(listed(*other)->facts().is_indexed);
  CHECK_FALSE(listed(*other)->facts().is_indexed);
  CHECK(fixture.complaints.empty());
  CHECK(first(*other)->facts().was_rebuilt);
  CHECK(fixture.complaints.size() == 1);
  CHECK(listed(*other)->facts().is_indexed);
}

TEST_CASE("project index: one on disk that is far behind is not waited for") {
  Fixture fixture;
  fixture.write_many(20);
  first(*fixture.open());
  for (int number = 0; number < 300; ++number)
    fixture.tree.write("more" + std::to_string(number), "def more\n");
  fixture.symbols->texts_ = 0;
  const auto index = fixture.open();
  const auto before = listed(*index);
  CHECK_FALSE(before->facts().is_indexed);
  CHECK(before->file_count() == 320);
  CHECK(fixture.symbols->texts_ == 0);
  CHECK_FALSE(listed(*index)->facts().is_indexed);

  const auto other = fixture.open();
  fixture.symbols->is_held_ = true;
  std::thread builder([&] { (void)other->snapshot(StopToken(), {}); });
  while (fixture.symbols->texts_ == 0) std::this_thread::yield();
  const auto meanwhile = other->listing(StopToken(), {});
  fixture.symbols->is_held_ = false;
  builder.join();
  CHECK_FALSE(taken(meanwhile)->facts().is_indexed);
  CHECK(fixture.symbols->texts_ == 300);
  first(*index);
  CHECK(listed(*index)->facts().is_indexed);
}

TEST_CASE("project index: who wants a listing is let go by a stop") {
  Fixture fixture;
  fixture.write_many(20);
  const auto index = fixture.open();
  StopToken stop;
  stop.stop();
  CHECK_FALSE(index->listing(stop, {}).ok());
  CHECK(listed(*index)->file_count() == 20);
}

TEST_CASE("project index: without a place on disk it lives in memory, and says so") {
  Fixture fixture;
  fixture.write_many(5);
  fixture.state.write("index", "a file stands here");
  CHECK(first(*fixture.open())->file_count() == 5);
  REQUIRE_FALSE(fixture.complaints.empty());
  CHECK(fixture.complaints[0].find(" is kept in memory only: ") != std::string::npos);
}

TEST_CASE("project index: a file in the place of a directory is all that is left of it") {
  Fixture fixture;
  fixture.tree.write("d/e/deep.c", "def deep\n");
  fixture.tree.write("d/x.c", "def shallow\n");
  const auto index = fixture.open(true);
  REQUIRE(first(*index)->file_count() == 2);
  std::filesystem::rename(fixture.tree.path("d"), fixture.tree.path() + "-away");
  fixture.tree.write("d", "def instead\n");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (first(*index)->file_count() != 1 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(first(*index)->file_count() == 1);
  CHECK(defined(*first(*index), "shallow") == 0);
  CHECK(defined(*first(*index), "instead") == 1);
  std::filesystem::remove_all(fixture.tree.path() + "-away");
}

TEST_CASE("project index: who writes and then asks finds what was written") {
  Fixture fixture;
  fixture.write_many(10);
  const auto index = fixture.open(true);
  first(*index);
  const auto now = [&] { return taken(index->up_to_date(StopToken(), {})); };
  for (int round = 100; round < 130; ++round) {
    // The same length each time, so that nothing but the clock of the file system tells them apart.
    fixture.tree.write("f3", "def n" + std::to_string(round) + "\n");
    REQUIRE(defined(*now(), "n" + std::to_string(round)) == 1);
    fixture.tree.write("d" + std::to_string(round) + "/e/new", "def fresh\n");
    REQUIRE(defined(*now(), "fresh") == static_cast<std::size_t>(round - 99));
  }
  fixture.tree.remove("f3");
  CHECK(defined(*now(), "n129") == 0);
  const auto known = now();
  CHECK(now() == known);
  fixture.tree.write(".toolpostignore", "d*\n");
  CHECK(defined(*now(), "fresh") == 0);
}

TEST_CASE("project index: a watch vouches for what was told, and only for that") {
  Fixture fixture;
  fixture.write_many(10);
  if (is_on_network_file_system(RootDirectory::open(fixture.tree.path())->get())) {
    MESSAGE("not shown: the directory for temporary files is on such a file system");
    return;
  }
  const auto vouched = [](ProjectIndex& index) { return index.vouched_for(StopToken()); };
  const auto unwatched = fixture.open();
  first(*unwatched);
  CHECK(vouched(*unwatched) == nullptr);
  const auto elsewhere = fixture.open(true, std::chrono::minutes(1), true);
  first(*elsewhere);
  CHECK(vouched(*elsewhere) == nullptr);
  const auto index = fixture.open(true);
  CHECK(vouched(*index) == nullptr);  // there is none yet
  const auto before = first(*index);
  CHECK(vouched(*index) == before);
  fixture.tree.write("f3", "def told\n");
  const auto after = vouched(*index);
  REQUIRE(after != nullptr);
  CHECK(defined(*after, "told") == 1);
  CHECK(first(*index) == after);
}

TEST_CASE("project index: no watch vouches before a change that takes long is taken in") {
  Fixture fixture;
  fixture.write_many(10);
  const auto index = fixture.open(true, std::chrono::milliseconds(0));
  first(*index);
  fixture.symbols->is_held_ = true;
  fixture.tree.write("f3", "def slow\n");
  CHECK(index->vouched_for(StopToken()) == nullptr);
  fixture.symbols->is_held_ = false;
  CHECK(defined(*refreshed(*index), "slow") == 1);
}

TEST_CASE("project index: where not all files had room, a watch vouches for none") {
  Fixture fixture;
  fixture.write_many(10);
  fixture.max_files = 9;
  const auto index = fixture.open(true);
  CHECK(first(*index)->file_count() == 9);
  fixture.tree.remove("f0");
  CHECK(index->vouched_for(StopToken()) == nullptr);
  CHECK(refreshed(*index)->file_count() == 9);
  CHECK(defined(*refreshed(*index), "n0") == 0);
}

TEST_CASE("project index: what the watch could not look at is looked at by who refreshes") {
  Fixture fixture;
  fixture.write_many(10);
  fixture.tree.write(".toolpostignore", "nothing\n");
  const auto index = fixture.open(true);
  first(*index);
  const FileDescriptor rules(::open(fixture.tree.path(".toolpostignore").c_str(), O_WRONLY));
  const StopToken never;
  Pointer vouched = index->current();
  {
    const NoMoreFiles in_this_process;
    REQUIRE(::write(rules.get(), "f3\n", 3) == 3);
    vouched = index->vouched_for(never);
  }
  CHECK(vouched == nullptr);
  CHECK(index->vouched_for(StopToken()) == nullptr);
  CHECK(defined(*refreshed(*index), "n3") == 0);
  CHECK(index->vouched_for(StopToken()) != nullptr);
}

TEST_CASE("project index: brought up to date with no more looks than it takes, which are told") {
  Fixture fixture;
  fixture.write_many(10);
  const auto brought = [](ProjectIndex& index, Looks looks) {
    auto done = bring_up_to_date(index, looks, StopToken(), {});
    REQUIRE(done.ok());
    return *done;
  };
  const auto watched = fixture.open(true);
  CHECK(brought(*watched, Looks::kWhereNothingTells).looked_at_every_file);  // the first look
  fixture.tree.write("f3", "def told\n");
  const auto told = brought(*watched, Looks::kWhereNothingTells);
  CHECK_FALSE(told.looked_at_every_file);
  CHECK(defined(*told.before, "told") == 0);
  CHECK(defined(*told.now, "told") == 1);
  const auto looks = watched->looks();
  CHECK(brought(*watched, Looks::kAtEveryFile).looked_at_every_file);
  CHECK(watched->looks() == looks + 1);
  fixture.tree.write(".gitignore", "f4\n");
  CHECK(brought(*watched, Looks::kWhereNothingTells).looked_at_every_file);  // by the watch
  const auto unwatched = fixture.open();
  first(*unwatched);
  fixture.tree.write("f5", "def seen\n");
  const auto seen = brought(*unwatched, Looks::kWhereNothingTells);
  CHECK(seen.looked_at_every_file);
  CHECK(defined(*seen.before, "seen") == 0);
  CHECK(defined(*seen.now, "seen") == 1);
}

TEST_CASE("project index: who asks while a change takes long is let go by a stop and a time") {
  Fixture fixture;
  fixture.write_many(3);
  const auto patient = fixture.open(true);
  const auto hasty = fixture.open(true, std::chrono::milliseconds(1));
  const auto before = first(*patient);
  const auto here = first(*hasty);
  fixture.symbols->is_held_ = true;
  fixture.tree.write("f1", "def slow\n");
  const StopToken stopped;
  stopped.stop();
  CHECK(taken(patient->up_to_date(stopped, {})) == before);
  CHECK(taken(hasty->up_to_date(StopToken(), {})) == here);
  fixture.symbols->is_held_ = false;
  CHECK(defined(*taken(patient->up_to_date(StopToken(), {})), "slow") == 1);
}

TEST_CASE("project index: where changes come without an event, who asks has all looked at again") {
  Fixture fixture;
  fixture.write_many(10);
  if (is_on_network_file_system(RootDirectory::open(fixture.tree.path())->get())) {
    MESSAGE("not shown: the directory for temporary files is on such a file system");
    return;
  }
  // What is written to a link elsewhere tells the watch of the tree nothing.
  const ScratchTree elsewhere;
  std::filesystem::create_hard_link(fixture.tree.path("f3"), elsewhere.path("f3"));
  const auto trusting = fixture.open(true);
  const auto looking = fixture.open(true, std::chrono::minutes(1), true);
  first(*trusting);
  first(*looking);
  CHECK(fixture.complaints ==
        std::vector<std::string>{fixture.tree.path() +
                                 " may be changed by another machine, which nothing tells of; who "
                                 "asks waits until all was looked at again"});
  elsewhere.write("f3", "def unseen\n");
  const auto ask = [](ProjectIndex& index) {
    return defined(*taken(index.up_to_date(StopToken(), {})), "unseen");
  };
  CHECK(ask(*trusting) == 0);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (ask(*looking) == 0 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  CHECK(ask(*looking) == 1);
  CHECK(defined(*refreshed(*trusting), "unseen") == 1);
  CHECK(fixture.complaints.size() == 1);
}

TEST_CASE("project index: a look that was cut short is made again by the next who asks") {
  Fixture fixture;
  fixture.write_many(10);
  const auto index = fixture.open(true, std::chrono::minutes(1), true);
  first(*index);
  const ScratchTree elsewhere;
  std::filesystem::create_hard_link(fixture.tree.path("f3"), elsewhere.path("f3"));
  elsewhere.write("f3", "def unseen\n");
  const int parsed = fixture.symbols->texts_;
  fixture.symbols->is_held_ = true;
  StopToken stop;
  std::thread asker([&] {
    while (!stop.is_stopped()) (void)index->up_to_date(stop, {});
  });
  while (fixture.symbols->texts_ == parsed) std::this_thread::yield();
  stop.stop();
  asker.join();
  fixture.symbols->is_held_ = false;
  CHECK(defined(*taken(index->up_to_date(StopToken(), {})), "unseen") == 1);
}

TEST_CASE("project index: the watch takes in changes by itself") {
  Fixture fixture;
  fixture.write_many(10);
  const auto index = fixture.open(true);
  std::mutex mutex;
  std::condition_variable told;
  std::set<std::string> seen;
  first(*index);
  index->on_update([&](const std::vector<std::string>& changed) {
    const std::lock_guard guard(mutex);
    seen.insert(changed.begin(), changed.end());
    told.notify_all();
  });
  fixture.tree.write("f3", "def changed\n");
  fixture.tree.write("deep/down/new", "def fresh\n");
  fixture.tree.remove("f4");
  std::unique_lock lock(mutex);
  const std::set<std::string> expected{"deep/down/new", "f3", "f4"};
  CHECK(told.wait_for(lock, std::chrono::seconds(20), [&] { return seen == expected; }));
  lock.unlock();
  const auto now = first(*index);
  CHECK(defined(*now, "changed") == 1);
  CHECK(defined(*now, "fresh") == 1);
  CHECK(defined(*now, "n4") == 0);
}
