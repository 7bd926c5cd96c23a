// SPDX-License-Identifier: Apache-2.0
// A FIFO that processes hold open for writing: it reads end of file once the last of them is gone.
// So a test waits for the end of descendants it knows nothing about, without sleeping.
#pragma once

#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::sdk::test {

class LifeLine {
 public:
  explicit LifeLine(const std::filesystem::path& path) : path_(path.string()) {
    mkfifo(path_.c_str(), 0600);
    fd_ = open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }

  LifeLine(const LifeLine&) = delete;
  LifeLine& operator=(const LifeLine&) = delete;

  ~LifeLine() { close(fd_); }

  const std::string& path() const { return path_; }

  // Waits until somebody wrote a line.
  std::string read_line(std::chrono::milliseconds limit) const {
    std::string line;
    char byte = 0;
    while (wait(limit) && read(fd_, &byte, 1) == 1 && byte != '\n') line += byte;
    return line;
  }

  // True when no process holds the line any more. Only after read_line(): before the first writer
  // has come, a FIFO looks as if the last one had gone.
  bool is_cut_within(std::chrono::milliseconds limit) const {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          until - std::chrono::steady_clock::now());
      if (left.count() < 0 || !wait(left)) return false;
      char bytes[256];
      if (read(fd_, bytes, sizeof(bytes)) == 0) return true;
    }
  }

 private:
  bool wait(std::chrono::milliseconds limit) const {
    pollfd source{fd_, POLLIN, 0};
    return poll(&source, 1, static_cast<int>(limit.count())) > 0;
  }

  std::string path_;
  int fd_ = -1;
};

}  // namespace toolpost::sdk::test
