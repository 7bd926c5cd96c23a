// SPDX-License-Identifier: Apache-2.0
#include "audit/segment_text.hpp"

#include "audit/line.hpp"
#include "audit/member.hpp"
#include "base/read_at.hpp"
#include "json/parser.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::audit {
namespace {

// After a failure the lines that are written again stand before it.
constexpr std::size_t kMaxLinesBefore = 200'000;

}  // namespace

std::optional<SegmentText::Previous> SegmentText::previous() const {
  LineSplitter lines{text};
  std::string_view line;
  for (std::size_t i = 0; i < kMaxLinesBefore && lines.next(line); ++i) {
    const auto read = read_line(line);
    if (!read) return std::nullopt;
    if (read->type != "segment") continue;
    const auto document = json::parse(line);
    if (!document) return std::nullopt;
    const json::Value* said = document->root().find("previous");
    const json::Value* reason = document->root().find_string("reason");
    if (said == nullptr || reason == nullptr) return std::nullopt;
    const auto seq = find_number(*said, "seq");
    const auto bytes = find_number(*said, "bytes");
    if (!seq || !bytes) return std::nullopt;
    return Previous{*seq, *bytes, reason->as_string() == "failure"};
  }
  return std::nullopt;
}

Result<SegmentText> read_segment(const Directory& directory, const std::string& chain,
                                 std::uint32_t number, std::uint64_t limit) {
  SegmentText read;
  read.name = segment_file_name(chain, number);
  read.number = number;
  const std::string path = directory.path() + "/" + read.name;
  const UniqueFd fd{
      ::openat(directory.fd(), read.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!fd) return errno_error("open " + path, errno);

  struct stat status {};

  if (::fstat(fd.get(), &status) != 0) return errno_error("stat " + path, errno);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || size > kMaxSegmentBytes) {
    return invalid(path + " is no segment: it is no file, or larger than one can be");
  }
  read.is_locked = is_locked(fd.get());
  auto text = read_at(fd.get(), 0, std::min(size, limit));
  if (!text) return std::move(text).error().in(path);
  read.text = std::move(*text);
  return read;
}

}  // namespace toolpost::audit
