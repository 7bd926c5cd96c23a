// SPDX-License-Identifier: Apache-2.0
// Where the key of a new or recovered admin comes from and goes to. It is in its place before the
// user store is changed, so that no admin is made whose key nobody has.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "config/command_line.hpp"
#include "identity/user_store.hpp"

#include <string>
#include <utility>

namespace toolpost::cli {

class IssuedKey {
 public:
  // Reads or makes the key, and writes it when it goes into a file.
  static Result<IssuedKey> prepare(const config::CommandLine& line);

  IssuedKey(IssuedKey&& other) noexcept
      : place_(other.place_),
        key_(std::move(other.key_)),
        path_(std::exchange(other.path_, std::string{})) {}

  IssuedKey& operator=(IssuedKey&&) = delete;
  // Takes the file away again, unless deliver() was called.
  ~IssuedKey();

  identity::KeyWish wish() const { return {.key = key_}; }

  // The store has it: prints the key, or says where it is. An error when it could not be printed.
  Result<> deliver(const std::string& what_happened);

 private:
  enum class Place { kCaller, kFile, kTerminal, kStdout };

  IssuedKey(Place place, Secret key) : place_(place), key_(std::move(key)) {}

  Result<> write_file(const std::string& path);

  Place place_;
  Secret key_;
  std::string path_;  // of a file that is still to be taken away or kept
};

}  // namespace toolpost::cli
