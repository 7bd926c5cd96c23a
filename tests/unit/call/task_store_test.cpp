// SPDX-License-Identifier: Apache-2.0
// Tasks on the disk: what is kept, what the next process makes of it, and what it must not touch.
#include "call/task_store.hpp"

#include "base/utc_time.hpp"
#include "json/parser.hpp"
#include "json/raw.hpp"
#include "unit/sdk/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

using namespace toolpost;
using call::Task;
using mcp::TaskStatus;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTtlMs = std::chrono::milliseconds{call::kTaskLife}.count();

Task make_task(const std::string& id, TaskStatus status = TaskStatus::kWorking) {
  Task task;
  task.view = {.id = id,
               .status = status,
               .message = "2 of 3",
               .created_us = unix_us_now() - 5,
               .updated_us = unix_us_now(),
               .ttl_ms = kTtlMs,
               .asked = {}};
  task.owner = "ann";
  task.tool = "t";
  if (status == TaskStatus::kCompleted) task.view.result = R"({"content":[{"text":"ü"}]})";
  if (status == TaskStatus::kFailed) task.view.error = R"({"code":-32603,"message":"m"})";
  return task;
}

std::string content_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

// One process, as far as the store can see: its lock is held until it is destroyed.
struct Process {
  explicit Process(const fs::path& common, Log& log) : store(io, pool, log) {
    auto opened = store.open(common.string());
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
    left = std::move(*opened);
  }

  ~Process() { settle(); }

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Everything is written, and those who asked have been told.
  void settle() {
    while (pool.busy() != 0) std::this_thread::yield();
    io.restart();
    io.poll();
  }

  bool keep(const Task& task) {
    std::optional<bool> kept;
    store.keep(task, [&](bool good) { kept = good; });
    settle();
    REQUIRE(kept.has_value());
    return *kept;
  }

  const Task* find(std::string_view id) const {
    const auto place = std::find_if(left.begin(), left.end(),
                                    [&](const Task& task) { return task.view.id == id; });
    return place == left.end() ? nullptr : &*place;
  }

  boost::asio::io_context io{1};
  async::WorkerPool pool{1};
  call::TaskStore store;
  std::vector<Task> left;
};

struct Place {
  Process start() { return Process{common, *log}; }

  std::vector<fs::path> directories() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator{common}) all.push_back(entry.path());
    return all;
  }

  // The one file of that name below any process.
  std::vector<fs::path> files(const std::string& name) const {
    std::vector<fs::path> all;
    for (const fs::path& directory : directories()) {
      if (fs::exists(directory / name)) all.push_back(directory / name);
    }
    return all;
  }

  // As a process leaves it that was killed.
  fs::path leave(const std::string& name, const std::string& text,
                 const std::string& process = "process-1-1") {
    const fs::path directory = common / process;
    fs::create_directories(directory);
    fs::permissions(common, fs::perms::owner_all);
    fs::permissions(directory, fs::perms::owner_all);
    std::ofstream{directory / "lock"}.flush();
    std::ofstream{directory / name} << text;
    return directory / name;
  }

  std::string logged() const { return content_of(scratch.path() / "log"); }

  sdk::test::ScratchDirectory scratch;
  fs::path common = scratch.path() / "state/tasks";
  std::unique_ptr<Log> log =
      *Log::open({.level = LogLevel::kWarn, .file = (scratch.path() / "log").string()});
};

}  // namespace

TEST_CASE("task on the disk: what is written is read back") {
  for (const auto status : {TaskStatus::kWorking, TaskStatus::kInputRequired,
                            TaskStatus::kCompleted, TaskStatus::kFailed, TaskStatus::kCancelled}) {
    const Task task = make_task("blue.x", status);
    const auto read = call::read_task(call::to_json(task));
    REQUIRE_MESSAGE(read.has_value(), read.error().message());
    CHECK(read->view.id == "blue.x");
    CHECK(read->view.status == status);
    CHECK(read->view.message == "2 of 3");
    CHECK(read->view.created_us == task.view.created_us);
    CHECK(read->view.updated_us == task.view.updated_us);
    CHECK(read->view.ttl_ms == kTtlMs);
    CHECK(read->view.result == task.view.result);
    CHECK(read->view.error == task.view.error);
    CHECK(read->owner == "ann");
    CHECK(read->tool == "t");
    CHECK_FALSE(read->is_kept);
  }
}

TEST_CASE("task on the disk: what lacks something, or has it wrong, is damaged and says where") {
  const std::string good = call::to_json(make_task("x", TaskStatus::kCompleted));
  const auto without = [&](const std::string& member, const std::string& other = "") {
    std::string text = "{" + other;
    json::RawObject members{good};
    json::RawMember one;
    while (members.next(one)) {
      if (one.key == member) continue;
      if (text.size() > 1) text.append(",");
      text.append("\"").append(one.key).append("\":").append(one.value);
    }
    return text + "}";
  };
  const auto complaint = [](const std::string& text) {
    const auto read = call::read_task(text);
    return read ? std::string{} : read.error().message();
  };
  REQUIRE(complaint(without("nothing")).empty());
  for (const char* member : {"id", "owner", "tool", "message", "created_us", "updated_us", "ttl_ms",
                             "status", "result"}) {
    CAPTURE(member);
    const std::string wanted = "has no valid " + std::string{member};
    CHECK(complaint(without(member)) == wanted);
    if (std::string_view{member} == "result") continue;
    for (const char* wrong : {"null", "[]", "1.5"}) {
      CHECK(complaint(without(member, "\"" + std::string{member} + "\":" + wrong)) == wanted);
    }
  }
  CHECK(complaint(without("status", R"("status":"done")")) == "has no valid status");
  CHECK(complaint(without("status", R"("status":"failed")")) == "has no valid error");
  for (const char* result : {"1", "null", "[]", R"("text")"}) {
    CAPTURE(result);
    CHECK(complaint(without("result", R"("result":)" + std::string{result})) ==
          "has no valid result");
  }
  for (const char* number : {"-1", "9223372036854775807"}) {
    CAPTURE(number);
    for (const char* member : {"created_us", "updated_us", "ttl_ms"}) {
      CHECK(complaint(without(member, "\"" + std::string{member} + "\":" + number)) ==
            "has no valid " + std::string{member});
    }
  }
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK_FALSE(complaint(good.substr(0, length)).empty());
  }
}

TEST_CASE("task store: a task is on the disk when its keeper is told, closed to others") {
  Place place;
  Process one = place.start();
  CHECK(one.left.empty());
  const Task task = make_task("a");
  bool told = false;
  one.store.keep(task, [&](bool kept) {
    CHECK(kept);
    const auto files = place.files("a.json");
    REQUIRE(files.size() == 1);
    CHECK(content_of(files.front()) == call::to_json(task));
    CHECK((fs::status(files.front()).permissions() & fs::perms::mask) ==
          (fs::perms::owner_read | fs::perms::owner_write));
    told = true;
  });
  CHECK_FALSE(told);
  one.settle();
  CHECK(told);
  CHECK_FALSE(one.store.is_busy());
  for (const fs::path& directory : place.directories()) {
    CHECK((fs::status(directory).permissions() & fs::perms::mask) == fs::perms::owner_all);
  }
}

TEST_CASE("task store: what comes later takes the place of what came first, in order") {
  Place place;
  Process one = place.start();
  Task task = make_task("a");
  for (int i = 0; i < 50; ++i) {
    task.view.message = std::to_string(i);
    one.store.keep(task);
  }
  one.store.keep(make_task("b"));
  one.store.remove("b");
  one.settle();
  REQUIRE(place.files("a.json").size() == 1);
  CHECK(call::read_task(content_of(place.files("a.json").front()))->view.message == "49");
  CHECK(place.files("b.json").empty());
  one.store.remove("never-there");
  one.settle();
  CHECK(place.logged().empty());
}

TEST_CASE("task store: the next process takes over, and says what became of what still ran") {
  Place place;
  {
    Process first = place.start();
    for (const auto& [id, status] :
         {std::pair{"working", TaskStatus::kWorking},
          std::pair{"asking", TaskStatus::kInputRequired},
          std::pair{"done", TaskStatus::kCompleted}, std::pair{"failed", TaskStatus::kFailed},
          std::pair{"cancelled", TaskStatus::kCancelled}}) {
      CHECK(first.keep(make_task(id, status)));
    }
  }
  // Twice: what was taken over is left behind as well.
  for (int restart = 0; restart < 2; ++restart) {
    Process next = place.start();
    CHECK(next.left.size() == 5);
    for (const char* id : {"working", "asking"}) {
      const Task* task = next.find(id);
      REQUIRE(task != nullptr);
      CHECK(task->view.status == TaskStatus::kFailed);
      CHECK(task->view.message == "The server was restarted while the task ran");
      CHECK(task->view.error ==
            R"({"code":-32603,"message":"The server was restarted while the task ran"})");
      CHECK(task->owner == "ann");
      CHECK(task->is_kept);
    }
    const Task* done = next.find("done");
    REQUIRE(done != nullptr);
    CHECK(done->view.status == TaskStatus::kCompleted);
    CHECK(done->view.result == R"({"content":[{"text":"ü"}]})");
    CHECK(next.find("failed")->view.error == R"({"code":-32603,"message":"m"})");
    CHECK(next.find("cancelled")->view.status == TaskStatus::kCancelled);
    CHECK(place.directories().size() == 1);
    CHECK(place.files("working.json").size() == 1);
    CHECK(content_of(place.files("working.json").front()) == call::to_json(*next.find("working")));
  }
  CHECK(place.logged().empty());
}

TEST_CASE("task store: the tasks of a living process are its own") {
  Place place;
  Process living = place.start();
  CHECK(living.keep(make_task("a")));
  Process other = place.start();
  CHECK(other.left.empty());
  CHECK(other.keep(make_task("b")));
  CHECK(place.directories().size() == 2);
  CHECK(living.keep(make_task("a", TaskStatus::kCompleted)));
  CHECK(place.files("a.json").size() == 1);
  CHECK(place.files("b.json").size() == 1);
  CHECK(place.files("a.json").front().parent_path() != place.files("b.json").front().parent_path());
}

TEST_CASE("task store: a process that has not locked its directory yet is not robbed of it") {
  Place place;
  place.start();
  const fs::path fresh = place.common / "process-1-1";
  fs::create_directory(fresh);
  fs::permissions(fresh, fs::perms::owner_all);
  Process next = place.start();
  CHECK(fs::exists(fresh));
  CHECK(fs::is_empty(fresh));
}

TEST_CASE("task store: what cannot be read is named, and the others live") {
  Place place;
  place.leave("good.json", call::to_json(make_task("good", TaskStatus::kCompleted)));
  const fs::path cut = place.leave(
      "cut.json", call::to_json(make_task("cut", TaskStatus::kCompleted)).substr(0, 40));
  const fs::path empty = place.leave("empty.json", "");
  const fs::path other = place.leave("other.json", call::to_json(make_task("../../good")));
  place.leave("draft.json.new-17", "{");
  place.leave("second.json", call::to_json(make_task("second")), "process-2-2");
  Process next = place.start();
  CHECK(next.left.size() == 2);
  CHECK(next.find("good") != nullptr);
  CHECK(next.find("second") != nullptr);
  const std::string logged = place.logged();
  CHECK(std::count(logged.begin(), logged.end(), '\n') == 3);
  for (const fs::path& file : {cut, empty, other}) {
    CAPTURE(file);
    CHECK(logged.find(file.string()) != std::string::npos);
    CHECK(fs::exists(file));
  }
  // The good ones have moved; whoever comes next finds only what cannot be read.
  CHECK_FALSE(fs::exists(cut.parent_path() / "good.json"));
  CHECK_FALSE(fs::exists(place.common / "process-2-2"));
}

TEST_CASE("task store: a result as deep and as wide as a plugin may give survives a restart") {
  Place place;
  Task deep = make_task("deep", TaskStatus::kCompleted);
  deep.view.result = R"({"d":)";
  for (int i = 1; i < 127; ++i) deep.view.result.append("[");
  deep.view.result.append(127 - 1, ']').append("}");
  REQUIRE(json::parse(deep.view.result, {.depth = 128, .members = 100'000}).has_value());
  Task wide = make_task("wide", TaskStatus::kCompleted);
  wide.view.result = R"({"m":{)";
  for (int i = 0; i < 99'999; ++i) wide.view.result.append("\"" + std::to_string(i) + "\":0,");
  wide.view.result.append(R"("last":0}})");
  REQUIRE(json::parse(wide.view.result, {.depth = 128, .members = 100'000}).has_value());
  {
    Process first = place.start();
    CHECK(first.keep(deep));
    CHECK(first.keep(wide));
  }
  Process next = place.start();
  CHECK(place.logged() == "");
  REQUIRE(next.find("deep") != nullptr);
  CHECK(next.find("deep")->view.result == deep.view.result);
  REQUIRE(next.find("wide") != nullptr);
  CHECK(next.find("wide")->view.result == wide.view.result);
}

TEST_CASE("task store: without a place to write, nobody is told that it is kept") {
  Place place;
  Process one = place.start();
  CHECK(one.keep(make_task("a")));
  for (const fs::path& directory : place.directories()) fs::remove_all(directory);
  CHECK_FALSE(one.keep(make_task("b")));
  CHECK(place.logged().find("a task could not be kept") != std::string::npos);
  CHECK(place.logged().find("b.json") != std::string::npos);
  CHECK_FALSE(one.store.is_busy());
}

TEST_CASE("task store: what has expired is not taken over") {
  Place place;
  Task old = make_task("old", TaskStatus::kCompleted);
  old.view.created_us = unix_us_now() - kTtlMs * 1'000 - 1;
  Task young = make_task("young", TaskStatus::kCompleted);
  young.view.created_us = unix_us_now() - kTtlMs * 1'000 + 60'000'000;
  place.leave("old.json", call::to_json(old));
  place.leave("young.json", call::to_json(young));
  Process next = place.start();
  CHECK(next.left.size() == 1);
  CHECK(next.find("young") != nullptr);
  CHECK(place.files("old.json").empty());
  CHECK(place.logged().empty());
}

TEST_CASE("task store: a directory that is open to others is refused") {
  Place place;
  fs::create_directories(place.common);
  fs::permissions(place.common, fs::perms::owner_all | fs::perms::group_read);
  boost::asio::io_context io{1};
  async::WorkerPool pool{1};
  call::TaskStore store{io, pool, *place.log};
  const auto opened = store.open(place.common.string());
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().message().find("is open to others") != std::string::npos);
  CHECK_FALSE(store.is_open());
}
