// SPDX-License-Identifier: Apache-2.0
// What a path below a root can lead to, and what it can't.
#include "files/root_directory.hpp"

#include "../temporary_directory.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace toolpost::project_index;
using toolpost::project_index::test::TemporaryDirectory;

namespace {

// root/ with a file, and a secret beside it.
class Place {
 public:
  Place() {
    directory_.write("root/a/b.txt", "inside");
    directory_.write("outside.txt", "secret");
    directory_.write("root-evil/b.txt", "secret");
  }

  RootDirectory open() const {
    auto root = RootDirectory::open(path("root"));
    REQUIRE(root);
    return std::move(*root);
  }

  std::string path(const std::string& name) const { return directory_.path(name); }

  void link(const std::string& target, const std::string& name) const {
    directory_.link(target, name);
  }

 private:
  TemporaryDirectory directory_;
};

std::string why_not(const RootDirectory& root, std::string_view path) {
  const auto file = root.open_file(path);
  REQUIRE_FALSE(file);
  return file.refusal().text;
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("root directory: reads a file below it, whole or in parts") {
  const Place place;
  const RootDirectory root = place.open();
  CHECK(root.path() == place.path("root"));
  const auto file = root.open_file("a/b.txt");
  REQUIRE(file);
  CHECK(file->stamp().size == 6);
  CHECK(file->stamp().mtime_ns > 0);
  CHECK(*file->read_all(6) == "inside");
  CHECK(*file->read_range(2, 3) == "sid");
  CHECK(file->read_range(2, 1000)->size() == 4);
  CHECK(file->read_range(7, 3)->empty());
  const auto too_large = file->read_all(5);
  REQUIRE_FALSE(too_large);
  CHECK(says(too_large.refusal().text, "'a/b.txt' is larger than 5 bytes"));
}

TEST_CASE("root directory: no shape of a path leads out of it") {
  const Place place;
  const RootDirectory root = place.open();
  using std::string_view_literals::operator""sv;
  for (const std::string_view path :
       {"../outside.txt"sv, "a/../../outside.txt"sv, "/etc/passwd"sv, "../root-evil/b.txt"sv,
        "../../../../../../../../etc/passwd"sv, "/proc/self/root/etc/passwd"sv,
        "%2e%2e/outside.txt"sv, "..%2foutside.txt"sv, "file:///etc/passwd"sv, "..\\outside.txt"sv,
        "a/b.txt\0"sv, "a/b.txt/"sv, "a/b.txt."sv, "a/b.txt/."sv, "..."sv, ""sv, "."sv, ".."sv,
        "a"sv}) {
    CAPTURE(path);
    CHECK_FALSE(root.open_file(path));
  }
  CHECK(says(why_not(root, "../outside.txt"), "leads out of the root"));
  CHECK_FALSE(root.open_file(std::string(5000, 'a')));
  CHECK_FALSE(root.open_file("a/" + std::string(300, 'b')));
  CHECK_FALSE(root.open_directory("..", O_RDONLY));
  CHECK(root.open_directory("a", O_RDONLY));
}

TEST_CASE("root directory: a root is an absolute path to a directory") {
  const Place place;
  CHECK_FALSE(RootDirectory::open("relative"));
  CHECK_FALSE(RootDirectory::open(""));
  CHECK_FALSE(RootDirectory::open(place.path("outside.txt")));
  CHECK_FALSE(RootDirectory::open(place.path("gone")));
  // Through a link, since the configuration names it.
  place.link("root", "link");
  CHECK(RootDirectory::open(place.path("link"))->path() == place.path("root"));
}

TEST_CASE("root directory: follows no symbolic link, wherever it leads") {
  const Place place;
  const RootDirectory root = place.open();
  place.link("../../outside.txt", "root/a/up");
  place.link("b.txt", "root/a/same");
  place.link("a", "root/directory");
  place.link("/proc/self/root", "root/magic");
  place.link("loop", "root/loop");
  for (const char* path : {"a/up", "a/same", "directory/b.txt", "magic/etc/passwd", "loop"}) {
    CAPTURE(path);
    CHECK(says(why_not(root, path), "symbolic link"));
  }
}

TEST_CASE("root directory: a FIFO, a socket and a device are refused without waiting") {
  const Place place;
  const RootDirectory root = place.open();
  ::mkfifo(place.path("root/fifo").c_str(), 0600);
  CHECK(says(why_not(root, "fifo"), "is not a regular file"));

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = place.path("root/socket");
  REQUIRE(name.size() < sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  const FileDescriptor server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(says(why_not(root, "socket"), "is not a regular file"));

  // Takes a privilege that a test rarely has; /dev/zero would never end.
  if (::mknod(place.path("root/zero").c_str(), S_IFCHR | 0600, ::makedev(1, 5)) == 0) {
    CHECK_FALSE(root.open_file("zero"));
  }
}

TEST_CASE("root directory: another file system below it is not entered") {
  const auto root = RootDirectory::open("/");
  REQUIRE(root);
  CHECK(says(why_not(*root, "proc/self/status"), "leads out of the root"));
}

TEST_CASE("root directory: a directory that turns into a link while it is used never leads out") {
  const Place place;
  const RootDirectory root = place.open();
  ::mkdir(place.path("root/swap").c_str(), 0700);
  std::filesystem::copy_file(place.path("root/a/b.txt"), place.path("root/swap/outside.txt"));
  place.link("..", "root/link");
  std::atomic<bool> is_over{false};
  std::thread swapper([&] {
    // Exchanged in one step, so that the name is always there.
    while (!is_over) {
      ::renameat2(AT_FDCWD, place.path("root/swap").c_str(), AT_FDCWD,
                  place.path("root/link").c_str(), RENAME_EXCHANGE);
    }
  });
  int inside = 0;
  int refused = 0;
  int leaked = 0;
  constexpr int kTries = 20'000;
  for (int count = 0; count < kTries || (inside == 0 || refused == 0); ++count) {
    const auto file = root.open_file("swap/outside.txt");
    if (!file) {
      ++refused;
      continue;
    }
    *file->read_all(100) == "inside" ? ++inside : ++leaked;
  }
  is_over = true;
  swapper.join();
  CHECK(leaked == 0);
  MESSAGE(inside << " reads inside, " << refused << " refused");
}
