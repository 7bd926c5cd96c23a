// SPDX-License-Identifier: Apache-2.0
// The sections that know the files. Records: kFileRecordBytes for each, see file_table.cpp. Paths:
// for each where it ends in the text that follows (32 bits), then the text; ascending by their
// bytes.
#pragma once

#include "files/file_stamp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::project_index {

// What reading a file told about it.
struct FileTraits {
  bool is_binary = false;
  bool is_huge = false;
  bool is_unread = false;            // could not be read
  bool is_always_candidate = false;  // see has_letters_that_fold_to_ascii(); or nothing is known
  bool is_clean = false;             // holds nothing that is hidden when it is shown
  // A change after the reading may have the same stamp, see source_reading.hpp. Not on disk.
  bool is_unsettled = false;
  std::uint32_t line_count = 0;

  friend bool operator==(const FileTraits&, const FileTraits&) = default;
};

struct FileRecord {
  FileStamp stamp;
  FileTraits traits;
};

class FileTableWriter {
 public:
  // Paths ascend.
  void add(std::string_view path, const FileRecord& record);

  std::string records;
  // The section; ends the writing.
  std::string paths() &&;

 private:
  std::string ends_, text_;
};

// Reads bytes that it does not trust; borrowed.
class FileTable {
 public:
  FileTable() = default;
  FileTable(std::string_view records, std::string_view paths) noexcept;

  // False where the sections do not fit each other, or the paths do not ascend. Nothing else may be
  // asked then.
  bool is_sound() const noexcept;

  std::uint32_t count() const noexcept { return count_; }

  std::string_view path(std::uint32_t file) const noexcept;
  FileRecord record(std::uint32_t file) const noexcept;
  FileTraits traits(std::uint32_t file) const noexcept;

  // The first file whose path is not before `path`; count() if there is none.
  std::uint32_t lower_bound(std::string_view path) const noexcept;
  std::optional<std::uint32_t> find(std::string_view path) const noexcept;

 private:
  std::uint32_t end_of(std::uint32_t file) const noexcept;

  std::string_view records_, ends_, text_;
  std::uint32_t count_ = 0;
  bool fits_ = false;
};

}  // namespace toolpost::project_index
