// SPDX-License-Identifier: Apache-2.0
#include "audit/segment.hpp"

#include "audit/directory.hpp"
#include "base/same_file.hpp"
#include "base/write_all.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::audit {
namespace {

constexpr std::uint64_t kGenerousBytes = std::uint64_t{1} << 20;

}  // namespace

// It gets its name when it is locked: whoever finds it can tell whether its process lives.
Result<Segment> Segment::create(const Directory& directory, std::string_view chain,
                                std::uint32_t number) {
  std::string name = segment_file_name(chain, number);
  const std::string path = directory.path() + "/" + name;
  const std::string draft = name + ".new";
  UniqueFd fd{::openat(directory.fd(), draft.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, kFileMode)};
  if (!fd) return errno_error("create " + path, errno);
  Segment segment{directory, std::move(fd), draft, number};
  if (!try_lock(segment.fd_.get())) {
    const int reason = errno;
    segment.discard();
    return errno_error("lock " + path, reason);
  }
  if (::renameat(directory.fd(), draft.c_str(), directory.fd(), name.c_str()) != 0) {
    const int reason = errno;
    segment.discard();
    return errno_error("create " + path, reason);
  }
  segment.name_ = std::move(name);
  return segment;
}

Result<> Segment::append(std::string_view text) {
  if (auto written = write_all(fd_.get(), text); !written) {
    return std::move(written).error().in(directory_->path() + "/" + name_);
  }
  bytes_ += text.size();
  return {};
}

Result<> Segment::sync() const {
  if (::fdatasync(fd_.get()) != 0) {
    return errno_error("sync " + directory_->path() + "/" + name_, errno);
  }
  return {};
}

Result<> Segment::sync_name() const {
  return directory_->sync();
}

Result<> Segment::check_name() const {
  if (auto there = directory_->check_name(); !there) return there;

  struct stat own {};

  struct stat found {};

  const std::string path = directory_->path() + "/" + name_;
  if (::fstat(fd_.get(), &own) != 0 ||
      ::fstatat(directory_->fd(), name_.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno_error("look at " + path, errno);
  }
  if (is_same_file(own, found)) return {};
  return Error{Errc::kIo, path + " has been taken away"};
}

Result<> Segment::reserve(std::uint64_t ahead) {
  if (bytes_ + ahead <= reserved_) return {};
  int reason = 0;
  // Generously, so that not every record asks; where room is short, what is needed.
  for (const std::uint64_t more : {kGenerousBytes, ahead}) {
    const std::uint64_t wanted = bytes_ + ahead + more;
    if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(wanted)) == 0) {
      reserved_ = wanted;
      return {};
    }
    reason = errno;
  }
  if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG) {
    const Error error = errno_error("reserve room in " + directory_->path(), reason);
    return Error{Errc::kLimit, error.message()};
  }
  return {};  // this file system cannot reserve; writing will show
}

void Segment::trim() {
  // Best effort: what stays is room that nothing uses.
  [[maybe_unused]] const int trimmed = ::ftruncate(fd_.get(), static_cast<off_t>(bytes_));
}

void Segment::discard() {
  ::unlinkat(directory_->fd(), name_.c_str(), 0);
  fd_.reset();
}

}  // namespace toolpost::audit
