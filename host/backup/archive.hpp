// SPDX-License-Identifier: Apache-2.0
// One archive: files in a tar, then manifest.json that lists them with their hashes, then
// manifest.check with the hash of that, and the mark of the passphrase where there is one. Whoever
// has tar, jq and sha256sum can look into it.
#pragma once

#include "backup/manifest.hpp"
#include "backup/sealer.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::backup {

inline constexpr std::string_view kSealedName = "sealed";

// Writes an archive from front to end.
class ArchiveWriter {
 public:
  // `fd` stays the caller's.
  ArchiveWriter(int fd, std::int64_t now);

  // Size and hash of the entry are filled in here.
  Result<> add(Entry entry, std::string_view content);
  // The first `size` bytes of the file. An error when it has fewer.
  Result<> add_file(Entry entry, int file, std::uint64_t size);

  Manifest& manifest() noexcept { return manifest_; }

  // `sealer` may be null.
  Result<> finish(const Sealer* sealer);

 private:
  Result<> put(std::string_view name, std::string_view content);

  int fd_;
  std::int64_t now_;
  Manifest manifest_;
};

// An archive that was read as a whole: every file has its hash, and nothing else is there.
class Archive {
 public:
  // kInvalid: it is not as it was made.
  static Result<Archive> open(const std::string& path);

  struct Mapping;  // of the file

  const Manifest& manifest() const noexcept { return manifest_; }

  // Of an entry of the manifest.
  std::string_view content(std::string_view name) const;

  // Opens what is sealed, and proves by the mark that nobody without the passphrase has changed
  // anything. kDenied: another passphrase sealed it.
  Result<std::vector<SealedFile>> unseal(const Secret& passphrase) const;

  // Writes the segments of the audit into the directory, which is empty.
  Result<> extract_audit(int directory) const;

  // The public key of the audit, as audit verify --anchor takes it; empty where there is no audit.
  std::string_view anchor() const;

 private:
  Archive(std::shared_ptr<const Mapping> mapping, Manifest manifest,
          std::map<std::string, std::string_view, std::less<>> contents, std::string mark)
      : mapping_(std::move(mapping)),
        manifest_(std::move(manifest)),
        contents_(std::move(contents)),
        mark_(std::move(mark)) {}

  std::shared_ptr<const Mapping> mapping_;
  Manifest manifest_;
  std::map<std::string, std::string_view, std::less<>> contents_;
  std::string mark_;  // empty: none
};

// What an archive says that it holds; only its list is read, and nothing proven.
Result<Manifest> read_list_of(const std::string& path);

// "audit/NAME" → NAME; nothing where the entry is no segment.
std::optional<std::string_view> segment_of(const Entry& entry);

}  // namespace toolpost::backup
