// SPDX-License-Identifier: Apache-2.0
// A private directory for one test, and plugins to put into it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace toolpost::plugin::testing {

class Place {
 public:
  Place() {
    std::string name = (std::filesystem::temp_directory_path() / "loader-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::filesystem::filesystem_error(name, {});
    path_ = std::filesystem::canonical(name);
  }

  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  ~Place() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path(std::string_view name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }

  std::string write(std::string_view name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    std::filesystem::permissions(path(name), std::filesystem::perms(0644));
    return path(name);
  }

  std::string directory(std::string_view name) const {
    std::filesystem::create_directories(path_ / name);
    std::filesystem::permissions(path_ / name, std::filesystem::perms(0755));
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

// Where the build puts tests/hostile/NAME.c.
inline std::string built_plugin(const std::string& name) {
  return std::string{TOOLPOST_TEST_HOSTILE_DIR "/"}.append(name).append("/").append(name);
}

// A copy of a built plugin and its manifest.
inline std::string install(const Place& place, const std::string& name) {
  place.write(name + ".so", read_file(built_plugin(name) + ".so"));
  return place.write(name + ".plugin.json", read_file(built_plugin(name) + ".plugin.json"));
}

}  // namespace toolpost::plugin::testing
