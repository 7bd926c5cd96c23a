// SPDX-License-Identifier: Apache-2.0
// backup create: written beside its name, proven as backup verify would, and only then named.
#include "backup/archive.hpp"
#include "backup/proof.hpp"
#include "backup/sealer.hpp"
#include "backup/shelf.hpp"
#include "base/make_directories.hpp"
#include "base/utc_time.hpp"
#include "cli/backup_contents.hpp"
#include "cli/backup_passphrase.hpp"
#include "cli/commands.hpp"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace toolpost::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPartial = ".toolpost-partial-";
constexpr std::int64_t kMicroseconds = 1'000'000;  // in a second

// The directory of the archive, for this process alone while it lives.
class Workplace {
 public:
  static Result<Workplace> take(const std::string& path) {
    UniqueFd fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd) return errno_error("open " + path, errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return errno_error("lock " + path, errno);
      return Error{Errc::kUnavailable, "another backup is being made in " + path};
    }
    return Workplace{std::move(fd), path};
  }

  const std::string& path() const noexcept { return path_; }

  // What backups that were killed have left.
  void clear() const {
    std::error_code failed;
    for (fs::directory_iterator entry{path_, failed}, end; !failed && entry != end;
         entry.increment(failed)) {
      struct stat status {};

      const bool is_ours = ::lstat(entry->path().c_str(), &status) == 0 &&
                           status.st_uid == ::geteuid() &&
                           entry->path().filename().string().starts_with(kPartial);
      std::error_code ignored;
      if (is_ours) fs::remove_all(entry->path(), ignored);
    }
  }

  Result<> sync() const {
    if (::fsync(fd_.get()) != 0) return errno_error("sync " + path_, errno);
    return {};
  }

 private:
  Workplace(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  UniqueFd fd_;
  std::string path_;
};

// The file while it has no name; goes away with its owner.
class ArchiveDraft {
 public:
  static Result<ArchiveDraft> make(const std::string& directory) {
    std::string path = directory + "/" + std::string{kPartial} + "XXXXXX";
    UniqueFd fd{::mkostemp(path.data(), O_CLOEXEC)};  // mode 0600
    if (!fd) return errno_error("create a file in " + directory, errno);
    return ArchiveDraft{std::move(fd), std::move(path)};
  }

  ArchiveDraft(ArchiveDraft&& other) noexcept
      : fd_(std::move(other.fd_)), path_(std::exchange(other.path_, {})) {}

  ArchiveDraft(const ArchiveDraft&) = delete;
  ArchiveDraft& operator=(const ArchiveDraft&) = delete;
  ArchiveDraft& operator=(ArchiveDraft&&) = delete;

  ~ArchiveDraft() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  int fd() const noexcept { return fd_.get(); }

  const std::string& path() const noexcept { return path_; }

  Result<> name(const std::string& wanted) const {
    if (::fsync(fd_.get()) != 0) return errno_error("sync " + wanted, errno);
    if (::link(path_.c_str(), wanted.c_str()) != 0) return errno_error("create " + wanted, errno);
    return {};
  }

 private:
  ArchiveDraft(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  UniqueFd fd_;
  std::string path_;
};

Result<> write(const ArchiveDraft& draft, BackupContents contents, const backup::Sealer* sealer,
               std::int64_t now) {
  backup::ArchiveWriter writer{draft.fd(), now};
  writer.manifest().created_at = to_utc_time(now);
  writer.manifest().version = TOOLPOST_VERSION;
  writer.manifest().left_out = std::move(contents.left_out);
  for (PlainFile& file : contents.files) {
    if (auto added = writer.add(std::move(file.entry), file.content); !added) return added;
  }
  for (OpenSegment& segment : contents.segments) {
    auto added = writer.add_file(std::move(segment.entry), segment.fd.get(), segment.size);
    if (!added) return added;
  }
  if (sealer != nullptr) {
    const auto sealed = sealer->seal(backup::write_sealed(contents.secrets).reveal());
    if (!sealed) return sealed.error();
    backup::Entry entry{.name = std::string{backup::kSealedName}, .place = {}, .size = 0};
    if (auto added = writer.add(std::move(entry), *sealed); !added) return added;
  }
  return writer.finish(sealer);
}

struct Made {
  std::string path;
  backup::Proof proof;
  std::vector<backup::LeftOut> left_out;
  std::size_t files = 0;
  std::size_t secrets = 0;
};

// The audit, or what was written, is not sound; every other mistake is one of the surroundings.
Error damaged(const Error& error) {
  return {error.code() == Errc::kInvalid ? Errc::kState : error.code(), error.message()};
}

// Archives are named by the second in which they were made: who comes second in it waits for the
// next.
std::int64_t free_second(const std::string& directory) {
  for (;;) {
    const std::int64_t now_us = unix_us_now();
    const std::int64_t now = now_us / kMicroseconds;
    std::error_code unknown;
    if (!fs::exists(fs::symlink_status(directory + "/" + backup::archive_name(now), unknown)))
      return now;
    std::this_thread::sleep_for(std::chrono::microseconds{(now + 1) * kMicroseconds - now_us});
  }
}

Result<Made> make(const config::Config& config, const config::CommandLine& line,
                  const config::Environment& environment) {
  const auto passphrase = backup_passphrase(line.backup, environment);
  if (!passphrase) return passphrase.error();
  std::string path = line.audit.out;
  if (path.empty()) {
    if (config.backup.directory.empty()) {
      return invalid("no place for backups is known; set backup.directory or give --out");
    }
    if (auto made = make_private_directories(config.backup.directory); !made) return made.error();
  }
  const std::string above =
      path.empty() ? config.backup.directory : fs::absolute(path).parent_path().string();
  const auto place = Workplace::take(above);
  if (!place) return place.error();
  place->clear();
  const std::int64_t now = path.empty() ? free_second(above) : unix_us_now() / kMicroseconds;
  if (path.empty()) path = above + "/" + backup::archive_name(now);
  std::optional<backup::Sealer> sealer;
  if (*passphrase) {
    auto made = backup::Sealer::make(**passphrase);
    if (!made) return made.error();
    sealer.emplace(std::move(*made));
  }
  auto contents = backup_contents(config, environment, sealer.has_value());
  if (!contents) return contents.error();
  Made made{.path = path, .proof = {}, .left_out = contents->left_out};
  made.files = contents->files.size() + contents->segments.size();
  made.secrets = contents->secrets.size();
  const auto draft = ArchiveDraft::make(above);
  if (!draft) return draft.error();
  auto written = write(*draft, std::move(*contents), sealer ? &*sealer : nullptr, now);
  if (!written) return std::move(written).error().in(path);
  const auto archive = backup::Archive::open(draft->path());
  if (!archive) return damaged(archive.error());
  const auto proof = backup::prove(*archive, above, std::nullopt);
  if (!proof) return damaged(proof.error());
  made.proof = *proof;
  if (auto named = draft->name(path); !named) return named.error();
  if (auto synced = place->sync(); !synced) return synced.error();
  return made;
}

// Users or records that an earlier backup has, and there are none any more.
int tell_what_is_gone(const config::Config& config, const std::string& path) {
  int exit_code = EXIT_SUCCESS;
  for (const auto& [kind, name] : backup::newest_with(config.backup.directory)) {
    const bool is_wanted = kind != "audit" || config.audit.enabled;
    if (fs::path{path}.filename() == name || !is_wanted) continue;
    std::string text{"backup create: there is no file of the "};
    text.append(kind).append(" any more, and ").append(name);
    text +=
        " has some; it stays, and nothing is well until they are back (toolpost backup restore "
        "--only ";
    text.append(kind).append(") or that archive is somewhere else");
    complain(text);
    exit_code = config::kExitDamaged;
  }
  return exit_code;
}

}  // namespace

int backup_create(const config::Config& config, const config::CommandLine& line,
                  const config::Environment& environment) {
  const auto made = make(config, line, environment);
  if (!made) {
    complain("backup create: " + made.error().message());
    return made.error().code() == Errc::kState ? config::kExitDamaged : config::kExitFailure;
  }
  for (const backup::LeftOut& one : made->left_out) {
    std::printf("left out: %s: %s\n", one.what.c_str(), one.why.c_str());
  }
  int exit_code = EXIT_SUCCESS;
  if (line.audit.out.empty()) {
    exit_code = tell_what_is_gone(config, made->path);
    const auto removed = backup::prune(config.backup.directory, config.backup.keep);
    if (!removed) {
      complain("backup create: the backup is made, but " + removed.error().message());
      exit_code = config::kExitFailure;
    } else {
      for (const std::string& name : *removed) std::printf("removed: %s\n", name.c_str());
    }
  }
  std::printf("%s: %zu files, %zu secrets sealed, %zu users, %llu records of the audit, proven\n",
              made->path.c_str(), made->files, made->secrets, made->proof.users,
              static_cast<unsigned long long>(made->proof.audit_records));
  return exit_code;
}

}  // namespace toolpost::cli
