// SPDX-License-Identifier: Apache-2.0
// The entries of an open directory, straight from the kernel.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace toolpost::project_index {

struct DirectoryEntry {
  const char* name;  // ends with NUL, lives until the next fill()
  std::string_view text;
  unsigned char type;  // DT_REG and so on, DT_UNKNOWN where the file system does not say
};

// Reads a buffer full at a time. One thread; may be used for one directory after the other.
class DirectoryReading {
 public:
  enum class Filled { kAll, kPart, kFailed };

  // As many entries as fit, from where the descriptor stands. kAll: the directory ends with them.
  Filled fill(int directory);

  template <class Function>
  void each(Function&& function) const {
    for (std::size_t at = 0; at < used_;) at += one(at, function);
  }

 private:
  // A linux_dirent64: inode and offset, 8 bytes each, then these.
  static constexpr std::size_t kLengthAt = 16;
  static constexpr std::size_t kTypeAt = 18;
  static constexpr std::size_t kNameAt = 19;

  template <class Function>
  std::size_t one(std::size_t at, Function&& function) const {
    const char* record = buffer_.data() + at;
    const char* name = record + kNameAt;
    function(
        DirectoryEntry{name, std::string_view(name), static_cast<unsigned char>(record[kTypeAt])});
    return length_of(record);
  }

  static std::size_t length_of(const char* record);

  alignas(8) std::array<char, 65536> buffer_;
  std::size_t used_ = 0;
};

}  // namespace toolpost::project_index
