// SPDX-License-Identifier: Apache-2.0
#include "ops/memory.hpp"

#include "unit/sdk/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace toolpost;
using ops::MemorySource;
using ops::MemoryWatch;
using namespace std::chrono_literals;

namespace {

// A /proc and a /sys of our own.
struct Machine {
  Machine() { write("/proc/meminfo", "MemTotal:    1000 kB\nMemFree:  10 kB\n"); }

  void write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = root() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file} << text;
  }

  std::string root() const { return place.path().string(); }

  sdk::test::ScratchDirectory place;
};

}  // namespace

TEST_CASE("memory: without a limit it is that of the machine") {
  const Machine machine;
  machine.write("/proc/self/cgroup", "0::/a\n");
  machine.write("/sys/fs/cgroup/a/memory.max", "max\n");
  machine.write("/proc/self/statm", "100 7 1 1 0 1 0\n");
  const MemorySource source = MemorySource::find(machine.root());
  CHECK(source.limit() == 1000 * 1024);
  CHECK(source.name() == "the memory of the machine");
  CHECK(source.used() == std::optional{7 * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))});
}

TEST_CASE("memory: the tightest limit on the way up counts, with what its group uses") {
  const Machine machine;
  machine.write("/proc/self/cgroup", "0::/outer/inner\n");
  machine.write("/sys/fs/cgroup/outer/inner/memory.max", "900000\n");
  machine.write("/sys/fs/cgroup/outer/inner/memory.stat", "anon 1\nshmem 1\n");
  machine.write("/sys/fs/cgroup/outer/memory.high", "500000\n");
  machine.write("/sys/fs/cgroup/outer/memory.stat", "anon 300000\nfile 77777\nshmem 1000\n");
  const MemorySource source = MemorySource::find(machine.root());
  CHECK(source.limit() == 500'000);
  CHECK(source.name().ends_with("/outer/memory.high"));
  CHECK(source.used() == std::optional<std::uint64_t>{301'000});
}

TEST_CASE("memory: version 1, also where the path is that of the machine outside") {
  const Machine machine;
  machine.write("/proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n");
  machine.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "600000\n");
  machine.write("/sys/fs/cgroup/memory/memory.stat", "rss 1\ntotal_rss 200000\ntotal_cache 9999\n");
  const MemorySource source = MemorySource::find(machine.root());
  CHECK(source.limit() == 600'000);
  CHECK(source.used() == std::optional<std::uint64_t>{200'000});
}

TEST_CASE("memory: it is short from the watermark on, and the kernel is not asked each time") {
  const Machine machine;
  const auto use = [&](const std::string& bytes) {
    machine.write("/sys/fs/cgroup/memory.stat", "anon " + bytes + "\n");
  };
  machine.write("/proc/self/cgroup", "0::/\n");
  machine.write("/sys/fs/cgroup/memory.max", "100000\n");
  use("79999");
  const auto log = *Log::open({.level = LogLevel::kFatal});
  MemoryWatch watch{MemorySource::find(machine.root()), *log};
  MemoryWatch::Clock::time_point now{1h};
  watch.set_watermark(80);
  CHECK_FALSE(watch.is_short(now));
  use("80000");
  CHECK_FALSE(watch.is_short(now + MemoryWatch::kInterval - 1ms));
  now += MemoryWatch::kInterval;
  CHECK(watch.is_short(now));
  use("10");
  CHECK(watch.is_short(now + 1ms));
  CHECK_FALSE(watch.is_short(now + MemoryWatch::kInterval));
  use("99999");
  watch.set_watermark(0);
  CHECK_FALSE(watch.is_short(now + 1h));
}
