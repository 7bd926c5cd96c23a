// SPDX-License-Identifier: Apache-2.0
// A directory for one test's user store, and what is in it.
#pragma once

#include "identity/user_store.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

namespace toolpost::testing {

class UserPlace {
 public:
  UserPlace() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "toolpost-users-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    top_ = pattern;
  }

  ~UserPlace() {
    std::error_code ignored;
    std::filesystem::remove_all(top_, ignored);
  }

  UserPlace(const UserPlace&) = delete;
  UserPlace& operator=(const UserPlace&) = delete;

  std::string top() const { return top_; }

  std::string directory() const { return top_ + "/users"; }

  std::string file() const { return directory() + "/users.json"; }

  identity::UserStore store() const { return {file(), {"user", "auditor"}}; }

  // As an operator's editor would, but with the right modes.
  void write(const std::string& text) const {
    ::mkdir(directory().c_str(), 0700);
    std::ofstream{file()} << text;
    REQUIRE(::chmod(file().c_str(), 0600) == 0);
  }

  std::string content() const {
    std::ifstream in{file()};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  mode_t mode_of(const std::string& path) const {
    struct stat status {};

    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
  }

 private:
  std::string top_;
};

}  // namespace toolpost::testing
