// SPDX-License-Identifier: Apache-2.0
#include "audit/directory.hpp"

#include "base/same_file.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>

namespace toolpost::audit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kLockName = "ledger.lock";
// The lock is held for moments; whoever waits longer waits for a disk that does not answer.
// Where many start at once on a busy machine, the last one waits long.
constexpr std::chrono::seconds kLockPatience{30};
constexpr std::chrono::milliseconds kShortestPause{2};
constexpr std::chrono::milliseconds kLongestPause{32};

}  // namespace

Result<Directory> Directory::open(const std::string& path) {
  auto opened = PrivateDirectory::open(path);
  if (!opened) return opened.error();
  return Directory{std::move(*opened)};
}

Result<Directory> Directory::open_or_make(const std::string& path) {
  auto opened = PrivateDirectory::open_or_make(path);
  if (!opened) return opened.error();
  return Directory{std::move(*opened)};
}

Result<> Directory::check_name() const {
  struct stat own {};

  struct stat found {};

  if (::fstat(fd(), &own) != 0 || ::stat(path().c_str(), &found) != 0) {
    return errno_error("look at " + path(), errno);
  }
  if (is_same_file(own, found)) return {};
  return Error{Errc::kIo, path() + " has been taken away, and another is in its place"};
}

Result<std::map<std::string, std::vector<std::uint32_t>>> Directory::segments() const {
  const auto all = names();
  if (!all) return all.error();
  std::map<std::string, std::vector<std::uint32_t>> chains;
  for (const std::string& one : *all) {
    if (auto name = parse_segment_file_name(one)) {
      chains[std::move(name->chain)].push_back(name->segment);
    }
  }
  for (auto& [chain, segments] : chains) std::sort(segments.begin(), segments.end());
  return chains;
}

Result<LedgerLock> LedgerLock::take(const Directory& directory) {
  const std::string path = directory.path() + "/" + kLockName;
  UniqueFd fd{
      ::openat(directory.fd(), kLockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kFileMode)};
  if (!fd) return errno_error("open " + path, errno);
  const auto deadline = Clock::now() + kLockPatience;
  auto pause = kShortestPause;
  while (!try_lock(fd.get())) {
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EACCES) {
      Error error = errno_error("lock " + path, errno);
      return Error{error.code(), error.message() + "; the audit needs a file system with locks"};
    }
    if (Clock::now() >= deadline) {
      return Error{Errc::kUnavailable, path + " stays locked by another process"};
    }
    std::this_thread::sleep_for(pause);
    // Who waits does not keep the others from their work.
    pause = std::min(2 * pause, kLongestPause);
  }
  return LedgerLock{std::move(fd)};
}

}  // namespace toolpost::audit
