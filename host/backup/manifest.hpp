// SPDX-License-Identifier: Apache-2.0
// What is in an archive, and what is not.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::backup {

inline constexpr std::int64_t kArchiveFormat = 1;

// Where a file came from and goes to.
struct FilePlace {
  std::string kind;  // "config", "policy", "tls", "environment", "users", "audit", "key"
  std::string path;  // absolute, without "." and ".."
  std::uint32_t mode = 0;
  std::string owner;  // by name, since numbers differ between machines
  std::string group;
};

struct Entry {
  std::string name;  // in the archive
  FilePlace place;   // without a path: of the archive's own, and not restored
  std::uint64_t size = 0;
  std::string sha256{};   // hexadecimal
  bool redacted = false;  // secrets were taken out of it
};

struct LeftOut {
  std::string what;
  std::string why;
};

struct Manifest {
  std::string created_at;  // RFC 3339
  std::string version;     // of the program
  bool sealed = false;
  std::vector<Entry> entries;
  std::vector<LeftOut> left_out;
};

std::string write_manifest(const Manifest& manifest);
// Strict: a member that is not known, a path that climbs, a name twice is an error.
Result<Manifest> read_manifest(std::string_view text);

// What is sealed: files whole.
struct SealedFile {
  FilePlace place;
  Secret content;
};

Secret write_sealed(const std::vector<SealedFile>& files);
Result<std::vector<SealedFile>> read_sealed(const Secret& text);

// Absolute, and the shortest way to say it.
bool is_plain_path(std::string_view path);

}  // namespace toolpost::backup
