// SPDX-License-Identifier: Apache-2.0
#include "index/index_store.hpp"

#include "index/checksum.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::project_index {
namespace {

Refusal failed(const std::string& what) {
  return {what + ": " + std::strerror(errno)};
}

// Makes what is missing of the path, each part for its owner alone.
Checked<Passed> make_directories(const std::string& path) {
  for (auto end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1))
    if (::mkdir(path.substr(0, end).c_str(), 0700) != 0 && errno != EEXIST)
      return failed(path.substr(0, end));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failed(path);
  return Passed{};
}

Checked<Passed> write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Refusal{std::strerror(errno)};
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Passed{};
}

std::string name_for(const IndexIdentity& identity) {
  std::array<char, 17> digits;
  std::snprintf(digits.data(), digits.size(), "%016llx",
                static_cast<unsigned long long>(checksum(identity.root)));
  return digits.data();
}

}  // namespace

Checked<std::unique_ptr<IndexStore>> IndexStore::open(const std::string& directory,
                                                      const IndexIdentity& identity) {
  if (auto made = make_directories(directory); !made.ok()) return made.refusal();
  std::unique_ptr<IndexStore> store(new IndexStore);
  store->directory_ =
      FileDescriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));

  struct stat status {};

  if (!store->directory_.valid() || ::fstat(store->directory_.get(), &status) != 0)
    return failed(directory);
  if (status.st_uid != ::geteuid()) return Refusal{directory + ": it belongs to another user"};
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return Refusal{directory + ": others than its owner may write to it"};
  store->name_ = name_for(identity);
  store->identity_ = identity;
  return store;
}

bool IndexStore::take_lock() {
  if (is_writer_) return true;
  if (!lock_.valid())
    lock_ = FileDescriptor(::openat(directory_.get(), (name_ + ".lock").c_str(),
                                    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));

  struct flock range {};

  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  is_writer_ = lock_.valid() && ::fcntl(lock_.get(), F_OFD_SETLK, &range) == 0;
  return is_writer_;
}

Checked<std::shared_ptr<const IndexFile>> IndexStore::load() const {
  const FileDescriptor file(::openat(directory_.get(), (name_ + ".index").c_str(),
                                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.valid() && errno == ENOENT) return std::shared_ptr<const IndexFile>();
  if (!file.valid()) return Refusal{std::strerror(errno)};
  auto index = IndexFile::map(file);
  if (!index.ok()) return index;
  const auto& found = (*index)->info().identity;
  if (found.root != identity_.root || found.device != identity_.device ||
      found.inode != identity_.inode)
    return Refusal{"it is of another directory"};
  if (found.rules != identity_.rules) return Refusal{"it was made by other rules"};
  if (found.symbols != identity_.symbols) return Refusal{"it was made with another symbol parser"};
  return index;
}

Checked<std::shared_ptr<const IndexFile>> IndexStore::save(const Sections& sections) const {
  const auto temporary = name_ + ".new";
  ::unlinkat(directory_.get(), temporary.c_str(), 0);
  const FileDescriptor file(::openat(directory_.get(), temporary.c_str(),
                                     O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid()) return failed("the index could not be written");
  auto written = write_all(file.get(), index_header(sections));
  for (std::size_t kind = 0; kind < sections.size() && written.ok(); ++kind)
    written = write_all(file.get(), sections[kind]);
  if (!written.ok()) {
    ::unlinkat(directory_.get(), temporary.c_str(), 0);
    return within("the index could not be written", written.refusal());
  }
  if (::fsync(file.get()) != 0 ||
      ::renameat(directory_.get(), temporary.c_str(), directory_.get(),
                 (name_ + ".index").c_str()) != 0 ||
      ::fsync(directory_.get()) != 0)
    return failed("the index could not be written");
  return IndexFile::map(file);
}

}  // namespace toolpost::project_index
