// SPDX-License-Identifier: Apache-2.0
#include "ops/process_facts.hpp"

#include <charconv>
#include <dirent.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace toolpost::ops {
namespace {

std::string contents(const char* path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// Fields of /proc/self/stat by their number in proc(5), from the third on; the second, a name, may
// hold anything.
class Stat {
 public:
  Stat() {
    const std::string text = contents("/proc/self/stat");
    const std::size_t end = text.rfind(')');
    if (end == std::string::npos) return;
    std::istringstream rest{text.substr(end + 1)};
    fields_.assign(std::istream_iterator<std::string>{rest}, {});
  }

  std::optional<double> number(std::size_t field) const {
    constexpr std::size_t kFirst = 3;
    if (field - kFirst >= fields_.size()) return std::nullopt;
    const std::string& text = fields_[field - kFirst];
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} ? std::optional{value} : std::nullopt;
  }

 private:
  std::vector<std::string> fields_;
};

// When the machine was started, in seconds since 1970.
std::optional<double> boot_time() {
  std::ifstream file{"/proc/stat"};
  std::string name;
  double value = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words{line};
    if (words >> name >> value && name == "btime") return value;
  }
  return std::nullopt;
}

// Since Linux 6.2 the directory says how many there are; before, they have to be counted.
std::optional<double> open_descriptors() {
  struct stat facts {};

  if (::stat("/proc/self/fd", &facts) == 0 && facts.st_size > 0) {
    return static_cast<double>(facts.st_size);
  }
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return std::nullopt;
  double count = 0;
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] != '.') count += 1;
  }
  ::closedir(directory);
  return count - 1;  // the directory itself
}

std::optional<double> max_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

std::optional<double> times(std::optional<double> a, double b) {
  return a ? std::optional{*a * b} : std::nullopt;
}

std::optional<double> plus(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::optional{*a + *b} : std::nullopt;
}

}  // namespace

void write_process_facts(Exposition& out) {
  constexpr std::size_t kUserTime = 14;
  constexpr std::size_t kSystemTime = 15;
  constexpr std::size_t kThreads = 20;
  constexpr std::size_t kStartTime = 22;
  constexpr std::size_t kVirtualBytes = 23;
  constexpr std::size_t kResidentPages = 24;
  const Stat stat;
  const double tick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  const auto gauge = [&](std::string_view name, std::string_view help,
                         std::optional<double> value) {
    if (value) out.gauge(name, help).sample(*value);
  };
  if (const auto used = times(plus(stat.number(kUserTime), stat.number(kSystemTime)), tick)) {
    out.counter("process_cpu_seconds_total", "Processor time used, user and system together.")
        .sample(*used);
  }
  gauge("process_resident_memory_bytes", "Memory that is in RAM.",
        times(stat.number(kResidentPages), page));
  gauge("process_virtual_memory_bytes", "Address space.", stat.number(kVirtualBytes));
  gauge("process_threads", "Threads.", stat.number(kThreads));
  gauge("process_open_fds", "Open file descriptors.", open_descriptors());
  gauge("process_max_fds", "Descriptors that may be open.", max_descriptors());
  gauge("process_start_time_seconds", "When the process was started, in seconds since 1970.",
        plus(boot_time(), times(stat.number(kStartTime), tick)));
}

}  // namespace toolpost::ops
