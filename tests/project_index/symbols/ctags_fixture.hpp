// SPDX-License-Identifier: Apache-2.0
// The real ctags, and stand-ins for it that a test writes.
#pragma once

#include "files/stop_token.hpp"
#include "symbols/ctags_symbols.hpp"

#include <toolpost/process.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace toolpost::project_index::test {

inline const sdk::Launcher kLauncher(TOOLPOST_LAUNCH_PATH);

inline std::unique_ptr<CtagsSymbols> open_ctags(CtagsSettings settings = {}) {
  auto opened = CtagsSymbols::open(kLauncher, std::move(settings));
  if (!opened) FAIL(opened.refusal().text);
  return std::move(*opened);
}

inline std::vector<std::string> names_of(const FileSymbols& symbols) {
  std::vector<std::string> names;
  if (!symbols) return {"refused: " + symbols.refusal().text};
  for (const SourceSymbol& symbol : *symbols) names.push_back(symbol.name);
  return names;
}

// Descendants of this process that are called "ctags".
inline std::vector<pid_t> running_ctags() {
  std::vector<pid_t> found;
  const auto field = [](const std::string& pid, const std::string& name) {
    std::ifstream status("/proc/" + pid + "/status");
    std::string line;
    while (std::getline(status, line)) {
      if (line.rfind(name + ":\t", 0) == 0) return line.substr(name.size() + 2);
    }
    return std::string("0");
  };
  const std::string self = std::to_string(getpid());
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    if (field(pid, "Name") == "ctags" && field(field(pid, "PPid"), "PPid") == self) {
      found.push_back(static_cast<pid_t>(std::stol(pid)));
    }
  }
  return found;
}

// Waits until a ctags has computed for a while.
inline void wait_until_busy() {
  while (true) {
    for (const pid_t pid : running_ctags()) {
      std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
      std::string field;
      for (int count = 0; count < 14 && file >> field; ++count) {
      }
      if (std::atol(field.c_str()) >= 3) return;  // user time, in ticks
    }
    std::this_thread::yield();
  }
}

// A program that answers --list-features and --list-maps as ctags does, and runs `body` (a shell
// script) instead of the sandbox.
class FakeCtags {
 public:
  explicit FakeCtags(const std::string& body) {
    std::string pattern = (std::filesystem::temp_directory_path() / "toolpost-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    std::ofstream(path()) << "#!/bin/sh\n"
                             "case \"$*\" in *--list-*) exec /usr/bin/ctags \"$@\";; esac\n"
                          << body;
    std::filesystem::permissions(path(), std::filesystem::perms::owner_all);
  }

  FakeCtags(const FakeCtags&) = delete;
  FakeCtags& operator=(const FakeCtags&) = delete;

  ~FakeCtags() { std::filesystem::remove_all(directory_); }

  std::string path() const { return (directory_ / "ctags").string(); }

  std::string beside(const std::string& name) const { return (directory_ / name).string(); }

 private:
  std::filesystem::path directory_;
};

}  // namespace toolpost::project_index::test
