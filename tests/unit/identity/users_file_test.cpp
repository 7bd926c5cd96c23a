// SPDX-License-Identifier: Apache-2.0
// Which files are trusted, how they are replaced, and that the lock excludes. What only root can
// set up is tested when the tests run as root.
#include "identity/users_file.hpp"

#include "unit/identity/user_place.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace toolpost;
using namespace toolpost::identity;
using testing::UserPlace;

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

const std::string kEmpty = R"({"format":2,"version":1,"users":[]})";

std::string refusal(const UserPlace& place) {
  const auto directory = UsersDirectory::open(place.file());
  if (!directory) return directory.error().message();
  REQUIRE(*directory);
  const auto content = (*directory)->read();
  REQUIRE(!content.has_value());
  return content.error().message();
}

void check_refused(const UserPlace& place, const std::string& part) {
  const std::string message = refusal(place);
  CHECK_MESSAGE(message.find(part) != std::string::npos, message);
  CHECK_MESSAGE(message.find(place.directory()) != std::string::npos, message);
}

void set_mode(const std::string& path, mode_t mode) {
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

UsersDirectory open(const UserPlace& place) {
  auto directory = UsersDirectory::open_or_make(place.file());
  REQUIRE(directory.has_value());
  return std::move(*directory);
}

}  // namespace

TEST_CASE("users file: no directory and no file are no error") {
  const UserPlace place;
  const auto directory = UsersDirectory::open(place.file());
  REQUIRE(directory.has_value());
  CHECK(!*directory);
  const UsersDirectory made = open(place);
  const auto content = made.read();
  REQUIRE(content.has_value());
  CHECK(!*content);
  const auto stamp = made.stamp();
  REQUIRE(stamp.has_value());
  CHECK(!stamp->exists());
}

TEST_CASE("users file: missing directories are made with mode 0700") {
  const UserPlace place;
  const std::string file = place.top() + "/a/b/users.json";
  REQUIRE(UsersDirectory::open_or_make(file).has_value());
  CHECK(place.mode_of(place.top() + "/a") == 0700);
  CHECK(place.mode_of(place.top() + "/a/b") == 0700);
}

TEST_CASE("users file: a mode that lets others in is refused, with the chmod that mends it") {
  for (const mode_t mode : {0644U, 0640U, 0604U, 0620U, 0602U, 0601U}) {
    const UserPlace place;
    place.write(kEmpty);
    set_mode(place.file(), mode);
    check_refused(place, "chmod 600");
  }
  for (const mode_t mode : {0755U, 0750U, 0710U, 0701U, 0777U, 01777U}) {
    const UserPlace place;
    place.write(kEmpty);
    set_mode(place.directory(), mode);
    check_refused(place, "chmod 700");
  }
}

TEST_CASE("users file: the set-group-id bit of a shared volume is no hindrance") {
  const UserPlace place;
  place.write(kEmpty);
  set_mode(place.directory(), 02700);
  const auto content = open(place).read();
  REQUIRE(content.has_value());
  CHECK(*content);
}

TEST_CASE("users file: links, pipes, directories and second names are refused") {
  {
    const UserPlace place;
    place.write(kEmpty);
    fs::rename(place.file(), place.directory() + "/elsewhere");
    fs::create_symlink("elsewhere", place.file());
    check_refused(place, "symbolic link");
  }
  {
    const UserPlace place;
    place.write(kEmpty);
    fs::create_hard_link(place.file(), place.directory() + "/second");
    check_refused(place, "hard link");
  }
  {
    const UserPlace place;
    REQUIRE(::mkdir(place.directory().c_str(), 0700) == 0);
    REQUIRE(::mkfifo(place.file().c_str(), 0600) == 0);
    check_refused(place, "no regular file");
  }
  {
    const UserPlace place;
    REQUIRE(::mkdir(place.directory().c_str(), 0700) == 0);
    REQUIRE(::mkdir(place.file().c_str(), 0700) == 0);
    check_refused(place, "no regular file");
  }
  {
    const UserPlace place;
    REQUIRE(::mkdir((place.top() + "/real").c_str(), 0700) == 0);
    fs::create_directory_symlink("real", place.directory());
    check_refused(place, "is a link");
  }
}

TEST_CASE("users file: an empty file is not a file without users") {
  const UserPlace place;
  place.write("");
  check_refused(place, "is empty");
}

TEST_CASE("users file: another owner is refused by name") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can give files away");
    return;
  }
  constexpr uid_t somebody = 54321;
  const UserPlace place;
  place.write(kEmpty);
  REQUIRE(::chown(place.file().c_str(), somebody, static_cast<gid_t>(-1)) == 0);
  check_refused(place, "belongs to user 54321");
  REQUIRE(::chown(place.directory().c_str(), somebody, static_cast<gid_t>(-1)) == 0);
  check_refused(place, "belongs to user 54321");
}

TEST_CASE("users file: a replaced file has mode 0600, a new stamp, and nothing beside it") {
  const UserPlace place;
  const UsersDirectory directory = open(place);
  const auto lock = UsersLock::take(directory, milliseconds{0});
  REQUIRE(lock.has_value());
  const mode_t mask = ::umask(0777);
  const auto first = lock->replace(kEmpty, FileStamp{});
  ::umask(mask);
  REQUIRE(first.has_value());
  CHECK(place.content() == kEmpty);
  CHECK(place.mode_of(place.file()) == 0600);
  const auto before = directory.stamp();
  REQUIRE(before.has_value());
  REQUIRE(lock->replace(kEmpty + " ", *before).has_value());
  const auto after = directory.stamp();
  REQUIRE(after.has_value());
  CHECK(*after != *before);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator{place.directory()}) {
    (void)entry;
    ++files;
  }
  CHECK(files == 2);  // the file and the lock
}

TEST_CASE("users file: what was changed without the lock is not overwritten") {
  const UserPlace place;
  const UsersDirectory directory = open(place);
  const auto lock = UsersLock::take(directory, milliseconds{0});
  REQUIRE(lock.has_value());
  place.write(kEmpty);
  const auto replaced = lock->replace("mine", FileStamp{});
  REQUIRE(!replaced.has_value());
  CHECK(replaced.error().code() == Errc::kUnavailable);
  CHECK(place.content() == kEmpty);
}

TEST_CASE("users file: what killed writers left behind goes away") {
  const UserPlace place;
  const UsersDirectory directory = open(place);
  std::ofstream{place.file() + ".new-abcdefgh"} << "half";
  const auto lock = UsersLock::take(directory, milliseconds{0});
  REQUIRE(lock.has_value());
  REQUIRE(lock->replace(kEmpty, FileStamp{}).has_value());
  CHECK(!fs::exists(place.file() + ".new-abcdefgh"));
}

TEST_CASE(
    "users file: the lock excludes others of the same process too, and waits no longer than "
    "it may") {
  const UserPlace place;
  const UsersDirectory directory = open(place);
  {
    const auto lock = UsersLock::take(directory, milliseconds{0});
    REQUIRE(lock.has_value());
    const auto second = UsersLock::take(open(place), milliseconds{5});
    REQUIRE(!second.has_value());
    CHECK(second.error().code() == Errc::kUnavailable);
    CHECK(second.error().message().find("try again") != std::string::npos);
  }
  CHECK(UsersLock::take(directory, milliseconds{0}).has_value());
}
