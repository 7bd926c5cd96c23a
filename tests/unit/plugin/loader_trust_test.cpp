// SPDX-License-Identifier: Apache-2.0
// Some rules show only when files belong to several users; those parts run when the tests run as
// root and say so when they do not.
#include "plugin/loader/digest.hpp"
#include "plugin/loader/trust.hpp"
#include "unit/plugin/loader_place.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace toolpost;
using namespace toolpost::plugin;
using testing::Place;

namespace {

constexpr uid_t kSomebody = 54321;
constexpr uid_t kSomebodyElse = 54322;

void set_mode(const std::string& path, mode_t mode) {
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

void set_owner(const std::string& path, uid_t owner) {
  REQUIRE(::chown(path.c_str(), owner, static_cast<gid_t>(-1)) == 0);
}

std::string refusal(const std::string& path, uid_t user = ::geteuid()) {
  const auto file = open_trusted(path, user);
  REQUIRE(!file);
  return file.error().message();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("trust: a private file opens, read-only and closed on exec") {
  const Place place;
  const std::string path = place.write("tool.so", "content");
  const auto file = open_trusted(path);
  REQUIRE(file.has_value());
  CHECK(file->path == path);
  CHECK((::fcntl(file->fd.get(), F_GETFL) & O_ACCMODE) == O_RDONLY);
  CHECK((::fcntl(file->fd.get(), F_GETFD) & FD_CLOEXEC) != 0);

  struct stat status {};

  REQUIRE(::fstat(file->fd.get(), &status) == 0);
  CHECK(file->id == FileId{status.st_dev, status.st_ino});
  const auto bytes = read_all(*file, 7);
  REQUIRE(bytes.has_value());
  CHECK(bytes->size() == 7);
  CHECK_FALSE(read_all(*file, 6).has_value());
}

TEST_CASE("trust: what others may write is refused with the command that mends it") {
  const Place place;
  place.directory("sub");
  const std::string path = place.write("sub/tool.so", "content");

  set_mode(path, 0664);
  CHECK(contains(refusal(path), "can be written by its group; mend it with: chmod g-w " + path));
  set_mode(path, 0666);
  CHECK(
      contains(refusal(path), "can be written by its group and others; mend it with: chmod go-w"));
  set_mode(path, 0646);
  CHECK(contains(refusal(path), "can be written by others; mend it with: chmod o-w"));
  set_mode(path, 0644);

  set_mode(place.path("sub"), 0775);
  CHECK(contains(refusal(path), "chmod g-w " + place.path("sub")));
  set_mode(place.path("sub"), 0755);

  set_mode(place.path(), 0777);
  CHECK(contains(refusal(path), "chmod go-w " + place.path()));
  set_mode(place.path(), 0755);
  CHECK(open_trusted(path).has_value());
}

TEST_CASE(
    "trust: a sticky parent passes when it is root's, a sticky directory of plugins does not") {
  const Place place;
  place.directory("sticky/inner");
  const std::string deep = place.write("sticky/inner/tool.so", "content");
  const std::string shallow = place.write("sticky/tool.so", "content");
  set_mode(place.path("sticky"), 01777);
  if (::geteuid() == 0) {
    CHECK(open_trusted(deep).has_value());
    CHECK(contains(refusal(shallow), "is shared by all users"));
  } else {
    CHECK(contains(refusal(deep), "can be written by its group and others"));
  }
}

TEST_CASE("trust: only root and the user may own what is on the way") {
  if (::geteuid() != 0) {
    MESSAGE("not run: needs root to give files away");
    return;
  }
  const Place place;
  place.directory("sub");
  const std::string path = place.write("sub/tool.so", "content");
  CHECK(open_trusted(path, kSomebody).has_value());

  set_owner(path, kSomebody);
  CHECK(open_trusted(path, kSomebody).has_value());
  CHECK(contains(refusal(path), "belongs to uid 54321; it must belong to root"));
  CHECK(contains(refusal(path, kSomebodyElse), "it must belong to root or uid 54322"));
  set_owner(path, 0);

  set_owner(place.path("sub"), kSomebody);
  CHECK(open_trusted(path, kSomebody).has_value());
  CHECK(contains(refusal(path), place.path("sub") + " belongs to uid 54321"));
  set_owner(place.path("sub"), 0);

  set_owner(place.path(), kSomebody);
  CHECK(contains(refusal(path), place.path() + " belongs to uid 54321"));
  set_owner(place.path(), 0);
  CHECK(open_trusted(path).has_value());
}

TEST_CASE("trust: a link is followed only through places that are safe") {
  const Place place;
  place.directory("real");
  place.directory("open");
  const std::string path = place.write("real/tool.so", "content");
  std::filesystem::create_symlink("../real", place.path("open/link"));
  std::filesystem::create_symlink(place.path("real"), place.path("absolute"));
  std::filesystem::create_symlink("tool.so", place.path("real/alias.so"));
  std::filesystem::create_symlink("loop", place.path("loop"));

  for (const char* name : {"open/link/tool.so", "absolute/tool.so", "absolute/alias.so",
                           "open/../real/./tool.so", "open/link/../real//tool.so"}) {
    CAPTURE(name);
    const auto file = open_trusted(place.path(name));
    REQUIRE(file.has_value());
    CHECK(file->path == path);
  }
  set_mode(place.path("open"), 0777);
  CHECK(contains(refusal(place.path("open/link/tool.so")), "chmod go-w " + place.path("open")));
  CHECK(contains(refusal(place.path("loop")), "one symbolic link too many"));
}

TEST_CASE("trust: a link that somebody else made is refused, also in a sticky directory") {
  if (::geteuid() != 0) {
    MESSAGE("not run: needs root to give files away");
    return;
  }
  const Place place;
  place.directory("real");
  place.directory("sticky");
  place.write("real/tool.so", "content");
  set_mode(place.path("sticky"), 01777);
  std::filesystem::create_symlink("../real", place.path("sticky/link"));
  CHECK(open_trusted(place.path("sticky/link/tool.so")).has_value());
  REQUIRE(::lchown(place.path("sticky/link").c_str(), kSomebody, static_cast<gid_t>(-1)) == 0);
  CHECK(contains(refusal(place.path("sticky/link/tool.so")), "link belongs to uid 54321"));
}

TEST_CASE("trust: only a regular file with one name") {
  const Place place;
  const std::string path = place.write("tool.so", "content");
  std::filesystem::create_hard_link(path, place.path("second.so"));
  CHECK(contains(refusal(path), "has 2 names"));
  std::filesystem::remove(place.path("second.so"));
  CHECK(open_trusted(path).has_value());

  REQUIRE(::mkfifo(place.path("fifo").c_str(), 0600) == 0);
  CHECK(contains(refusal(place.path("fifo")), "is not a regular file"));
  CHECK(contains(refusal(place.path()), "is not a regular file"));
  CHECK(contains(refusal(path + "/x"), "is not a directory"));
  CHECK(contains(refusal(""), "empty"));
  CHECK(open_trusted(place.path("none")).error().code() == Errc::kNotFound);
}

TEST_CASE("trust: while a file is swapped under its name, only what passed is opened") {
  const Place place;
  const std::string path = place.write("tool.so", "good");
  std::atomic<bool> done = false;
  std::thread swapper([&] {
    for (int round = 0; !done; ++round) {
      const bool good = round % 2 == 0;
      place.write("next", good ? "good" : "evil");
      set_mode(place.path("next"), good ? 0644 : 0666);
      std::filesystem::rename(place.path("next"), path);
    }
  });
  int opened = 0;
  int evil = 0;
  for (int i = 0; i < 30'000; ++i) {
    const auto file = open_trusted(path);
    if (!file) continue;
    ++opened;
    const auto bytes = read_all(*file, 4);
    if (!bytes || std::memcmp(bytes->data(), "good", 4) != 0) ++evil;
  }
  done = true;
  swapper.join();
  CHECK(opened > 0);
  CHECK(evil == 0);
}

TEST_CASE("digest: of bytes, of a file, and against a pinned one") {
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const Place place;
  const auto file = open_trusted(place.write("abc", "abc"));
  REQUIRE(file.has_value());
  CHECK(sha256_of(file->fd.get()).value() == abc);
  CHECK(sha256_of(std::as_bytes(std::span("abc", 3))).value() == abc);
  const auto large = open_trusted(place.write("large", std::string(200'000, 'x')));
  REQUIRE(large.has_value());
  CHECK(sha256_of(large->fd.get()).value() == sha256_of(*read_all(*large, 200'000)).value());

  CHECK(check_pinned(abc, abc).has_value());
  CHECK(check_pinned("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", abc)
            .has_value());
  CHECK_FALSE(check_pinned("", abc).has_value());
  CHECK_FALSE(check_pinned(abc + "0", abc).has_value());
  CHECK_FALSE(check_pinned(std::string(64, 'g'), abc).has_value());
  const auto other = check_pinned(std::string(64, '0'), abc);
  REQUIRE(!other);
  CHECK(other.error().code() == Errc::kDenied);
  CHECK(contains(other.error().message(), abc));
  CHECK(contains(other.error().message(), std::string(64, '0')));
}
