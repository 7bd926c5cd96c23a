// SPDX-License-Identifier: Apache-2.0
// What tests of the configuration need: a directory of their own and an environment of their own.
#pragma once

#include "config/load.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp
#include <string>

namespace toolpost::config {

// A directory that goes away with the test.
class Workspace {
 public:
  Workspace() {
    std::string name = (std::filesystem::temp_directory_path() / "toolpost-config-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    root_ = std::filesystem::canonical(name);
  }

  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  ~Workspace() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  std::string path(const std::string& relative) const { return (root_ / relative).string(); }

  std::string write(const std::string& relative, const std::string& text) const {
    const std::filesystem::path file = root_ / relative;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file} << text;
    std::filesystem::permissions(file, std::filesystem::perms{0644});
    return file.string();
  }

  // Sources that see nothing of the machine the test runs on.
  Sources sources(std::map<std::string, std::string> variables = {}) const {
    Sources sources;
    variables.emplace("HOME", path("home"));
    sources.environment = [variables](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(std::string{name});
      if (found == variables.end()) return std::nullopt;
      return found->second;
    };
    sources.working_directory = path("work");
    sources.system_file = path("etc/toolpost.json");
    return sources;
  }

  // Loads `text` as the file that --config names.
  Result<Config> load_text(const std::string& text) const {
    Sources from = sources();
    from.file = write("toolpost.json", text);
    return load(from);
  }

  // The problems of `text`, the file's path shortened to "FILE".
  std::string problems(const std::string& text) const {
    const auto loaded = load_text(text);
    if (loaded) return "";
    std::string message = loaded.error().message();
    const std::string file = path("toolpost.json");
    for (auto at = message.find(file); at != std::string::npos; at = message.find(file)) {
      message.replace(at, file.size(), "FILE");
    }
    return message;
  }

 private:
  std::filesystem::path root_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream file{path};
  REQUIRE_MESSAGE(file.is_open(), path);
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace toolpost::config
