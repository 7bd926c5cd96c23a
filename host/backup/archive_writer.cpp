// SPDX-License-Identifier: Apache-2.0
#include "backup/archive.hpp"
#include "backup/digest.hpp"
#include "backup/tar.hpp"
#include "base/read_at.hpp"
#include "base/write_all.hpp"

namespace toolpost::backup {
namespace {

constexpr std::size_t kReadAtOnce = std::size_t{1} << 20U;

}  // namespace

ArchiveWriter::ArchiveWriter(int fd, std::int64_t now) : fd_(fd), now_(now) {}

Result<> ArchiveWriter::put(std::string_view name, std::string_view content) {
  std::string framed = tar_header(name, content.size(), now_);
  framed += content;
  framed.append(tar_padding(content.size()), '\0');
  return write_all(fd_, framed);
}

Result<> ArchiveWriter::add(Entry entry, std::string_view content) {
  Digest digest;
  digest.add(content);
  entry.size = content.size();
  entry.sha256 = digest.finish();
  if (auto written = put(entry.name, content); !written) return written;
  manifest_.entries.push_back(std::move(entry));
  return {};
}

Result<> ArchiveWriter::add_file(Entry entry, int file, std::uint64_t size) {
  if (size > kMaxTarFile) {
    return Error{Errc::kLimit, entry.place.path + " is larger than 8 GiB"};
  }
  if (auto written = write_all(fd_, tar_header(entry.name, size, now_)); !written) return written;
  Digest digest;
  for (std::uint64_t place = 0; place < size;) {
    const auto part = read_at(file, place, std::min<std::uint64_t>(kReadAtOnce, size - place));
    if (!part) return part.error().in(entry.place.path);
    if (part->empty()) {
      return Error{Errc::kUnavailable, entry.place.path + " became shorter while it was read"};
    }
    digest.add(*part);
    if (auto written = write_all(fd_, *part); !written) return written;
    place += part->size();
  }
  entry.size = size;
  entry.sha256 = digest.finish();
  manifest_.entries.push_back(std::move(entry));
  return write_all(fd_, std::string(tar_padding(size), '\0'));
}

Result<> ArchiveWriter::finish(const Sealer* sealer) {
  manifest_.sealed = sealer != nullptr;
  const std::string text = write_manifest(manifest_);
  if (auto written = put("manifest.json", text); !written) return written;
  Digest digest;
  digest.add(text);
  std::string check = "sha256 " + digest.finish() + "\n";
  if (sealer != nullptr) {
    const auto mark = sealer->mark(text);
    if (!mark) return mark.error();
    check += "mark " + *mark + "\n";
  }
  if (auto written = put("manifest.check", check); !written) return written;
  return write_all(fd_, tar_end());
}

}  // namespace toolpost::backup
