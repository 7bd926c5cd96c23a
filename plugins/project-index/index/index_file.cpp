// SPDX-License-Identifier: Apache-2.0
#include "index/index_file.hpp"

#include "index/byte_cursor.hpp"
#include "index/byte_sink.hpp"
#include "index/checksum.hpp"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <sys/stat.h>

namespace toolpost::project_index {
namespace {

constexpr std::string_view kMagic = "TPPINDEX";
constexpr std::size_t kFixedBytes = 32;    // up to and with the header's checksum
constexpr std::size_t kSectionBytes = 32;  // of the header, for each section
constexpr std::size_t kHeaderBytes = kFixedBytes + kSectionCount * kSectionBytes;
constexpr std::array<std::string_view, kSectionCount> kNames{
    "information", "file records", "paths", "trigrams", "postings", "strings", "names", "symbols"};

using Views = std::array<std::string_view, kSectionCount>;

Checked<Passed> check_start(ByteCursor& cursor, std::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return Refusal{"it is shorter than its header"};
  if (cursor.bytes(kMagic.size()) != kMagic) return Refusal{"it is no index file"};
  const auto version = cursor.fixed<std::uint32_t>();
  if (version != kIndexVersion)
    return Refusal{"it has version " + std::to_string(version) + " of the format, not " +
                   std::to_string(kIndexVersion)};
  if (cursor.fixed<std::uint32_t>() != kSectionCount)
    return Refusal{"its header is damaged (number of sections)"};
  if (cursor.fixed<std::uint64_t>() != bytes.size())
    return Refusal{"it does not have the size that its header says"};
  if (cursor.fixed<std::uint64_t>() !=
      checksum(bytes.substr(kFixedBytes, kHeaderBytes - kFixedBytes)))
    return Refusal{"its header is damaged (checksum)"};
  return Passed{};
}

Checked<Views> sections_of(std::string_view bytes) {
  ByteCursor cursor(bytes);
  if (auto start = check_start(cursor, bytes); !start.ok()) return start.refusal();
  Views views;
  std::uint64_t next = kHeaderBytes;
  for (std::uint32_t kind = 0; kind < kSectionCount; ++kind) {
    const bool is_expected =
        cursor.fixed<std::uint32_t>() == kind && cursor.fixed<std::uint32_t>() == 0;
    const auto offset = cursor.fixed<std::uint64_t>();
    const auto size = cursor.fixed<std::uint64_t>();
    const auto sum = cursor.fixed<std::uint64_t>();
    if (!is_expected || offset != next || size > bytes.size() - next)
      return Refusal{"its header is damaged (section \"" + std::string(kNames[kind]) + "\")"};
    views[kind] = bytes.substr(offset, size);
    if (checksum(views[kind]) != sum)
      return Refusal{"its section \"" + std::string(kNames[kind]) + "\" is damaged (checksum)"};
    next += size;
  }
  if (next != bytes.size()) return Refusal{"bytes follow its last section"};
  return views;
}

Refusal contradicts(std::string_view section) {
  return {"its section \"" + std::string(section) + "\" contradicts itself or another"};
}

}  // namespace

std::string index_header(const Sections& sections) {
  std::string table;
  std::uint64_t next = kHeaderBytes;
  for (std::uint32_t kind = 0; kind < kSectionCount; ++kind) {
    put_fixed(table, kind);
    put_fixed(table, std::uint32_t{0});
    put_fixed(table, next);
    put_fixed(table, std::uint64_t{sections[kind].size()});
    put_fixed(table, checksum(sections[kind]));
    next += sections[kind].size();
  }
  std::string header(kMagic);
  put_fixed(header, kIndexVersion);
  put_fixed(header, static_cast<std::uint32_t>(kSectionCount));
  put_fixed(header, next);
  put_fixed(header, checksum(table));
  return header + table;
}

std::string index_bytes(const Sections& sections) {
  auto bytes = index_header(sections);
  for (const auto& section : sections) bytes += section;
  return bytes;
}

Checked<std::shared_ptr<const IndexFile>> IndexFile::map(const FileDescriptor& file) {
  struct stat status {};

  if (::fstat(file.get(), &status) != 0) return Refusal{std::strerror(errno)};
  if (!S_ISREG(status.st_mode)) return Refusal{"it is no regular file"};
  if (status.st_size == 0) return Refusal{"it is empty"};
  const auto size = static_cast<std::size_t>(status.st_size);
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) return Refusal{std::strerror(errno)};
  std::shared_ptr<IndexFile> index(new IndexFile);
  index->mapped_ = memory;
  index->bytes_ = {static_cast<const char*>(memory), size};
  if (auto read = index->read(); !read.ok()) return read.refusal();
  // Checking has touched every page; queries need few of them.
  ::madvise(memory, size, MADV_DONTNEED);
  return std::shared_ptr<const IndexFile>(std::move(index));
}

Checked<std::shared_ptr<const IndexFile>> IndexFile::hold(std::string bytes) {
  std::shared_ptr<IndexFile> index(new IndexFile);
  index->held_ = std::move(bytes);
  index->bytes_ = index->held_;
  if (auto read = index->read(); !read.ok()) return read.refusal();
  return std::shared_ptr<const IndexFile>(std::move(index));
}

IndexFile::~IndexFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, bytes_.size());
}

Checked<Passed> IndexFile::read() {
  auto found = sections_of(bytes_);
  if (!found.ok()) return found.refusal();
  const auto section = [&](SectionKind kind) { return (*found)[static_cast<std::size_t>(kind)]; };
  auto info = unpacked_info(section(SectionKind::kInfo));
  if (!info) return contradicts(kNames[0]);
  info_ = std::move(*info);
  files_ = FileTable(section(SectionKind::kRecords), section(SectionKind::kPaths));
  if (!files_.is_sound()) return contradicts("paths");
  trigrams_ = TrigramTable(section(SectionKind::kTrigrams), section(SectionKind::kPostings));
  if (!trigrams_.is_sound()) return contradicts("trigrams");
  symbols_ = SymbolTable(section(SectionKind::kStrings), section(SectionKind::kNames),
                         section(SectionKind::kSymbols));
  if (!symbols_.is_sound(files_.count())) return contradicts("symbols");
  return Passed{};
}

}  // namespace toolpost::project_index
