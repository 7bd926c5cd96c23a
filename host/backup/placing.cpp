// SPDX-License-Identifier: Apache-2.0
#include "backup/placing.hpp"

#include "base/private_directory.hpp"
#include "base/read_at.hpp"
#include "base/unique_fd.hpp"
#include "base/write_all.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <optional>
#include <pwd.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::backup {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kPrivate = 0600;
constexpr std::size_t kWrittenAtOnce = std::size_t{1} << 20U;

struct Owner {
  uid_t user;
  gid_t group;
};

// An account without a name stands there by its number.
std::optional<unsigned> number_in(const std::string& name) {
  unsigned number = 0;
  const auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (ec != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return number;
}

std::optional<uid_t> user_id(const std::string& name) {
  const passwd* found = ::getpwnam(name.c_str());
  if (found != nullptr) return found->pw_uid;
  return number_in(name);
}

std::optional<gid_t> group_id(const std::string& name) {
  const group* found = ::getgrnam(name.c_str());
  if (found != nullptr) return found->gr_gid;
  return number_in(name);
}

// Nothing where this process cannot give files away.
Result<std::optional<Owner>> owner_of(const FilePlace& place) {
  if (::geteuid() != 0) return std::optional<Owner>{};
  const auto user = user_id(place.owner);
  const auto group = group_id(place.group);
  if (!user || !group) {
    return Error{Errc::kNotFound,
                 place.path + " belonged to " + place.owner + ":" + place.group +
                     ", and this machine has no such account; install the package first, or make "
                     "it with: adduser --system --group " +
                     place.owner};
  }
  return std::optional{Owner{*user, *group}};
}

Result<> sync_directory(const std::string& directory) {
  const UniqueFd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || ::fsync(fd.get()) != 0) return errno_error("sync " + directory, errno);
  return {};
}

Result<> make_directories(const fs::path& directory, const std::optional<Owner>& owner) {
  struct stat status {};

  if (::lstat(directory.c_str(), &status) == 0) return {};
  if (auto made = make_directories(directory.parent_path(), owner); !made) return made;
  if (::mkdir(directory.c_str(), kDirectoryMode) != 0) {
    return errno_error("make directory " + directory.string(), errno);
  }
  if (owner && ::lchown(directory.c_str(), owner->user, owner->group) != 0) {
    return errno_error("chown " + directory.string(), errno);
  }
  return sync_directory(directory.parent_path().string());
}

std::string draft_of(const std::string& path) {
  const fs::path whole{path};
  return (whole.parent_path() / ("." + whole.filename().string() + ".toolpost-restore")).string();
}

Result<> write_draft(const std::string& draft, const FilePlace& place, std::string_view content,
                     const std::optional<Owner>& owner) {
  // What a restore that was killed has left is taken over; one that runs has it locked.
  const UniqueFd fd{
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kPrivate)};
  if (!fd && errno == ELOOP) return Error{Errc::kDenied, draft + " is a link; remove it"};
  if (!fd) return errno_error("create " + draft, errno);

  struct stat status {};

  if (::fstat(fd.get(), &status) != 0) return errno_error("stat " + draft, errno);
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1 || status.st_uid != ::geteuid()) {
    return Error{Errc::kDenied, draft + " is somebody else's; remove it"};
  }
  if (!try_lock(fd.get())) {
    return Error{Errc::kUnavailable, "another restore is running here: it has " + draft};
  }
  if (::ftruncate(fd.get(), 0) != 0) return errno_error("cut " + draft, errno);
  if (auto written = write_all(fd.get(), content); !written) {
    return std::move(written).error().in(draft);
  }
  if (owner && ::fchown(fd.get(), owner->user, owner->group) != 0) {
    return errno_error("chown " + draft, errno);
  }
  if (::fchmod(fd.get(), place.mode) != 0) return errno_error("chmod " + draft, errno);
  if (::fsync(fd.get()) != 0) return errno_error("sync " + draft, errno);
  return {};
}

}  // namespace

Placing::~Placing() {
  for (const Staged& one : staged_) ::unlink(one.draft.c_str());
}

Result<> Placing::stage(const FilePlace& place, std::string_view content) {
  const auto owner = owner_of(place);
  if (!owner) return owner.error();
  if (auto made = make_directories(fs::path{place.path}.parent_path(), *owner); !made) return made;
  const std::string draft = draft_of(place.path);
  auto written = write_draft(draft, place, content, *owner);
  if (written) {
    staged_.push_back({draft, place.path});
  } else if (written.error().code() != Errc::kUnavailable &&
             written.error().code() != Errc::kDenied) {
    ::unlink(draft.c_str());
  }
  return written;
}

Result<> Placing::commit() {
  std::set<std::string> directories;
  std::size_t done = 0;
  for (; done < staged_.size(); ++done) {
    const Staged& one = staged_[done];
    if (::rename(one.draft.c_str(), one.path.c_str()) != 0) break;
    directories.insert(fs::path{one.path}.parent_path().string());
  }
  const int reason = errno;
  Result<> result;
  for (const std::string& directory : directories) {
    if (auto synced = sync_directory(directory); !synced) result = synced;
  }
  if (done < staged_.size()) {
    std::string text = "rename to " + staged_[done].path + " (" + std::to_string(done) + " of " +
                       std::to_string(staged_.size()) + " files are restored; run it again)";
    result = errno_error(text, reason);
  }
  staged_.erase(staged_.begin(), staged_.begin() + static_cast<std::ptrdiff_t>(done));
  return result;
}

Result<Found> look_at(const std::string& path, std::string_view content) {
  struct stat status {};

  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return Found::kNothing;
    return errno_error("stat " + path, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return Error{Errc::kExists, path +
                                    " is a link or no file; take it away, or restore below "
                                    "another directory with --root"};
  }
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!fd) return errno_error("open " + path, errno);
  for (std::size_t place = 0; place < content.size();) {
    const auto part = read_at(fd.get(), place, std::min(kWrittenAtOnce, content.size() - place));
    if (!part) return part.error().in(path);
    if (part->empty() || *part != content.substr(place, part->size())) return Found::kOther;
    place += part->size();
  }
  return static_cast<std::uint64_t>(status.st_size) == content.size() ? Found::kSame
                                                                      : Found::kLonger;
}

}  // namespace toolpost::backup
