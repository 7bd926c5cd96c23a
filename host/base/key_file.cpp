// SPDX-License-Identifier: Apache-2.0
#include "base/key_file.hpp"

#include "base/file_owner.hpp"
#include "base/make_directories.hpp"
#include "base/read_at.hpp"
#include "base/unique_fd.hpp"
#include "base/write_all.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 4096;

Result<> sync_directory_of(const std::string& path) {
  std::string parent = std::filesystem::path{path}.parent_path().string();
  if (parent.empty()) parent = ".";
  const UniqueFd fd{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || ::fsync(fd.get()) != 0) return errno_error("sync " + parent, errno);
  return {};
}

}  // namespace

Result<Secret> read_key_file(const std::string& path, std::string_view what) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!fd) return errno_error("open " + path, errno);

  struct stat status {};

  if (::fstat(fd.get(), &status) != 0) return errno_error("stat " + path, errno);
  if (auto good = check_owner_and_writers(status, path); !good) return good.error();
  if ((status.st_mode & kOthers) != 0) {
    return Error{Errc::kDenied,
                 path + " holds " + std::string{what} + " and may be read by others; chmod 600 it"};
  }
  auto text = read_at(fd.get(), 0, kMaxKeyFileBytes);
  if (!text) return std::move(text).error().in(path);
  return Secret{std::move(*text)};
}

// Written beside and linked in, so that the name never leads to half a key; whoever comes second
// finds it taken and uses what is there.
Result<> make_key_file(const std::string& path, const Secret& content) {
  const auto place = std::filesystem::path{path}.parent_path();
  if (auto made = make_private_directories(place); !made) return made.error();
  std::string draft = path + ".new-XXXXXX";
  const UniqueFd fd{::mkostemp(draft.data(), O_CLOEXEC)};  // mode 0600
  if (!fd) return errno_error("create " + draft, errno);
  auto written = write_all(fd.get(), content.reveal());
  if (written && ::fsync(fd.get()) != 0) written = errno_error("sync " + draft, errno);
  if (written && ::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) {
    written = errno_error("create " + path, errno);
  }
  ::unlink(draft.c_str());
  if (!written) return written;
  return sync_directory_of(path);
}

}  // namespace toolpost
