// SPDX-License-Identifier: Apache-2.0
#include "ops/memory.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <malloc.h>
#include <sstream>
#include <string_view>
#include <unistd.h>

namespace toolpost::ops {
namespace {

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kPercent = 100;
// Giving memory back to the kernel stops the event loop for some milliseconds.
constexpr std::chrono::seconds kTrimInterval{1};

std::string contents(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// The file's first word as a number; nothing for "max".
std::optional<std::uint64_t> number_in(const std::string& path) {
  const std::string text = contents(path);
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc{} ? std::optional{number} : std::nullopt;
}

// The sum of those lines "NAME NUMBER" (or "NAME: NUMBER") that have one of the two names; nothing
// when the first is not there.
std::optional<std::uint64_t> sum_in(const std::string& path, std::string_view needed,
                                    std::string_view other = {}) {
  std::ifstream file{path};
  std::string name;
  std::uint64_t value = 0;
  std::uint64_t sum = 0;
  bool is_there = false;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words{line};
    if (!(words >> name >> value) || (name != needed && name != other)) continue;
    is_there = is_there || name == needed;
    sum += value;
  }
  return is_there ? std::optional{sum} : std::nullopt;
}

// Where the process is: the path in the hierarchy of `controller`, of version 2 without a name.
std::optional<std::string> group_of(const std::string& root, std::string_view controller) {
  std::ifstream file{root + "/proc/self/cgroup"};
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string names = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool is_meant =
        controller.empty() ? names == ",,"
                           : names.find("," + std::string{controller} + ",") != std::string::npos;
    if (is_meant) return line.substr(second + 1);
  }
  return std::nullopt;
}

}  // namespace

MemorySource MemorySource::find(const std::string& root) {
  MemorySource source;
  source.name_ = "the memory of the machine";
  source.limit_ = sum_in(root + "/proc/meminfo", "MemTotal:").value_or(0) * kKiB;
  source.file_ = root + "/proc/self/statm";
  const std::string groups = root + "/sys/fs/cgroup";
  if (const auto path = group_of(root, "")) source.take_group(Kind::kGroup2, groups, *path);
  if (const auto path = group_of(root, "memory")) {
    source.take_group(Kind::kGroup1, groups + "/memory", *path);
  }
  return source;
}

// Every group on the way to the top may have a limit. In a container the path may be that of the
// machine, and what is there is the container's own at the top.
void MemorySource::take_group(Kind kind, const std::string& top, std::string path) {
  while (true) {
    const std::string directory = top + (path == "/" ? "" : path);
    const auto take = [&](const char* file) {
      const auto limit = number_in(directory + "/" + file);
      if (!limit || *limit == 0 || (limit_ != 0 && *limit >= limit_)) return;
      kind_ = kind;
      limit_ = *limit;
      name_ = directory + "/" + file;
      file_ = directory + "/memory.stat";
    };
    if (kind == Kind::kGroup2) {
      take("memory.max");
      take("memory.high");
    } else {
      take("memory.limit_in_bytes");
    }
    const std::size_t slash = path.rfind('/');
    if (path == "/" || path.empty() || slash == std::string::npos) return;
    path = slash == 0 ? "/" : path.substr(0, slash);
  }
}

// What the kernel keeps of files is left out: it gives that up before anybody is refused memory.
std::optional<std::uint64_t> MemorySource::used() const {
  if (kind_ == Kind::kGroup2) return sum_in(file_, "anon", "shmem");
  if (kind_ == Kind::kGroup1) return sum_in(file_, "total_rss", "total_shmem");
  std::ifstream file{file_};
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  if (!(file >> size >> resident)) return std::nullopt;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

bool MemoryWatch::is_beyond() const {
  const auto used = source_.used();
  return used && *used >= source_.limit() / kPercent * percent_;
}

bool MemoryWatch::is_short(Clock::time_point now) {
  if (percent_ == 0 || source_.limit() == 0) return false;
  if (asked_ && now - *asked_ < kInterval) return is_short_;
  asked_ = now;
  bool is_beyond_now = is_beyond();
  // What was freed is often still held by the allocator, which would look like a need for ever.
  if (is_beyond_now && (!trimmed_ || now - *trimmed_ >= kTrimInterval)) {
    trimmed_ = now;
    ::malloc_trim(0);
    is_beyond_now = is_beyond();
  }
  if (is_beyond_now == is_short_) return is_short_;
  is_short_ = is_beyond_now;
  if (is_short_) {
    log_.warn("memory is short, calls are refused",
              {{"limit", source_.limit()}, {"percent", percent_}, {"source", source_.name()}});
  } else {
    log_.info("there is memory again, calls are taken");
  }
  return is_short_;
}

}  // namespace toolpost::ops
