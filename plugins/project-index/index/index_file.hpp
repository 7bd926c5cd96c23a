// SPDX-License-Identifier: Apache-2.0
// An index on disk (version: kIndexVersion), all numbers little-endian:
//   header   magic "TPPINDEX", version and number of sections (32 bits each), size of the file and
//            checksum of all header bytes after this field (64 bits each), then for each section
//            its kind and zero (32 bits each), offset, size and checksum (64 bits each)
//   sections in the order of SectionKind, without gaps; what they hold is said by index_info.hpp,
//            file_table.hpp, trigram_table.hpp, postings.hpp and symbol_table.hpp
// A file with another version, a wrong checksum or sections that contradict each other is refused
// when it is opened; what is used without a check after that is what was checked then. Readers of
// postings, names and symbols check every byte again, so that even a forged file with right
// checksums gives wrong answers at worst, and files it names are found by the rules for paths.
#pragma once

#include "checked.hpp"
#include "files/file_descriptor.hpp"
#include "index/file_table.hpp"
#include "index/index_info.hpp"
#include "index/symbol_table.hpp"
#include "index/trigram_table.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace toolpost::project_index {

enum class SectionKind : std::uint32_t {
  kInfo,
  kRecords,
  kPaths,
  kTrigrams,
  kPostings,
  kStrings,
  kNames,
  kSymbols,
};

constexpr std::size_t kSectionCount = 8;
// Another one also for other rules of what is hidden (files/secret_files.hpp): what was indexed is
// what was shown then.
constexpr std::uint32_t kIndexVersion = 5;

using Sections = std::array<std::string, kSectionCount>;

// What stands before the sections.
std::string index_header(const Sections& sections);

// The bytes of a file that holds the sections.
std::string index_bytes(const Sections& sections);

// Immutable; any thread. Holds its bytes, mapped or in memory.
class IndexFile {
 public:
  // Refusals say what is wrong with the file.
  static Checked<std::shared_ptr<const IndexFile>> map(const FileDescriptor& file);
  static Checked<std::shared_ptr<const IndexFile>> hold(std::string bytes);

  ~IndexFile();
  IndexFile(const IndexFile&) = delete;
  IndexFile& operator=(const IndexFile&) = delete;

  const IndexInfo& info() const noexcept { return info_; }

  const FileTable& files() const noexcept { return files_; }

  const TrigramTable& trigrams() const noexcept { return trigrams_; }

  const SymbolTable& symbols() const noexcept { return symbols_; }

  std::size_t size() const noexcept { return bytes_.size(); }

 private:
  IndexFile() = default;
  Checked<Passed> read();

  std::string held_;
  void* mapped_ = nullptr;
  std::string_view bytes_;
  IndexInfo info_;
  FileTable files_;
  TrigramTable trigrams_;
  SymbolTable symbols_;
};

}  // namespace toolpost::project_index
