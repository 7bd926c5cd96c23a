// SPDX-License-Identifier: Apache-2.0
#include "index/file_table.hpp"

#include "index/byte_cursor.hpp"
#include "index/byte_sink.hpp"

#include <utility>

namespace toolpost::project_index {
namespace {

// inode, size, mtime_ns, ctime_ns: 64 bits each; lines, flags: 32 bits each.
constexpr std::size_t kFileRecordBytes = 40;
constexpr std::size_t kTraitsAt = 32;

constexpr std::uint32_t kBinary = 1, kHuge = 2, kUnread = 4, kAlwaysCandidate = 8, kClean = 16;

std::uint32_t flags_of(const FileTraits& traits) noexcept {
  return (traits.is_binary ? kBinary : 0) | (traits.is_huge ? kHuge : 0) |
         (traits.is_unread ? kUnread : 0) | (traits.is_always_candidate ? kAlwaysCandidate : 0) |
         (traits.is_clean ? kClean : 0);
}

}  // namespace

void FileTableWriter::add(std::string_view path, const FileRecord& record) {
  put_fixed(records, record.stamp.inode);
  put_fixed(records, record.stamp.size);
  put_fixed(records, static_cast<std::uint64_t>(record.stamp.mtime_ns));
  put_fixed(records, static_cast<std::uint64_t>(record.stamp.ctime_ns));
  put_fixed(records, record.traits.line_count);
  put_fixed(records, flags_of(record.traits));
  text_ += path;
  put_fixed(ends_, static_cast<std::uint32_t>(text_.size()));
}

std::string FileTableWriter::paths() && {
  ends_ += text_;
  return std::move(ends_);
}

FileTable::FileTable(std::string_view records, std::string_view paths) noexcept {
  const auto count = records.size() / kFileRecordBytes;
  fits_ = records.size() % kFileRecordBytes == 0 && paths.size() / 4 >= count &&
          count <= UINT32_MAX && paths.size() - count * 4 <= UINT32_MAX;
  if (!fits_) return;
  count_ = static_cast<std::uint32_t>(count);
  records_ = records;
  ends_ = paths.substr(0, count * 4);
  text_ = paths.substr(count * 4);
}

bool FileTable::is_sound() const noexcept {
  if (!fits_) return false;
  std::uint32_t begin = 0;
  std::string_view before;
  for (std::uint32_t file = 0; file < count_; ++file) {
    const auto end = end_of(file);
    if (end <= begin || end > text_.size()) return false;
    const auto path = text_.substr(begin, end - begin);
    if (path <= before) return false;
    before = path;
    begin = end;
  }
  return begin == text_.size();
}

std::uint32_t FileTable::end_of(std::uint32_t file) const noexcept {
  return ByteCursor(ends_.substr(std::size_t{file} * 4, 4)).fixed<std::uint32_t>();
}

std::string_view FileTable::path(std::uint32_t file) const noexcept {
  const auto begin = file == 0 ? 0 : end_of(file - 1);
  return text_.substr(begin, end_of(file) - begin);
}

FileRecord FileTable::record(std::uint32_t file) const noexcept {
  ByteCursor cursor(records_.substr(std::size_t{file} * kFileRecordBytes, kFileRecordBytes));
  FileRecord record;
  record.stamp.inode = cursor.fixed<std::uint64_t>();
  record.stamp.size = cursor.fixed<std::uint64_t>();
  record.stamp.mtime_ns = cursor.fixed<std::int64_t>();
  record.stamp.ctime_ns = cursor.fixed<std::int64_t>();
  record.traits = traits(file);
  return record;
}

FileTraits FileTable::traits(std::uint32_t file) const noexcept {
  ByteCursor cursor(records_.substr(std::size_t{file} * kFileRecordBytes + kTraitsAt, 8));
  FileTraits traits;
  traits.line_count = cursor.fixed<std::uint32_t>();
  const auto flags = cursor.fixed<std::uint32_t>();
  traits.is_binary = (flags & kBinary) != 0;
  traits.is_huge = (flags & kHuge) != 0;
  traits.is_unread = (flags & kUnread) != 0;
  traits.is_always_candidate = (flags & kAlwaysCandidate) != 0;
  traits.is_clean = (flags & kClean) != 0;
  return traits;
}

std::uint32_t FileTable::lower_bound(std::string_view path) const noexcept {
  std::uint32_t low = 0;
  std::uint32_t high = count_;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (this->path(middle) < path)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

std::optional<std::uint32_t> FileTable::find(std::string_view path) const noexcept {
  const auto file = lower_bound(path);
  if (file == count_ || this->path(file) != path) return std::nullopt;
  return file;
}

}  // namespace toolpost::project_index
