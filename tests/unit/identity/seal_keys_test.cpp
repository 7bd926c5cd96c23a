// SPDX-License-Identifier: Apache-2.0
// What is sealed is opened by whoever has the key, for the purpose it was sealed for, unchanged;
// and the file of the keys belongs to its owner alone.
#include "identity/seal_keys.hpp"

#include "base/base64.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace toolpost;
using identity::SealKeys;

namespace {

namespace fs = std::filesystem;

const std::string kFirst(64, 'a');
const std::string kSecond(64, 'B');

class Place {
 public:
  Place() {
    std::string pattern = (fs::temp_directory_path() / "toolpost-seals-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    top_ = pattern;
  }

  ~Place() {
    std::error_code ignored;
    fs::remove_all(top_, ignored);
  }

  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  std::string file() const { return (top_ / "keys" / "seal.key").string(); }

  void write(const std::string& text, mode_t mode = 0600) const {
    fs::create_directories(top_ / "keys");
    std::ofstream{file()} << text;
    REQUIRE(::chmod(file().c_str(), mode) == 0);
  }

  std::string content() const {
    std::ifstream in{file()};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  // Why the file is refused, without the name of the directory.
  std::string refusal() const {
    const auto keys = SealKeys::load_or_make(file());
    if (keys) return "";
    std::string message = keys.error().message();
    const std::size_t place = message.find(file());
    if (place != std::string::npos) message.replace(place, file().size(), "FILE");
    return message;
  }

  SealKeys keys(const std::string& text) const {
    write(text);
    auto keys = SealKeys::load_or_make(file());
    REQUIRE(keys.has_value());
    return std::move(*keys);
  }

 private:
  fs::path top_;
};

}  // namespace

TEST_CASE("seal: opens for its purpose, and every seal is another") {
  const auto keys = *SealKeys::make_passing();
  const auto sealed = keys.seal("a", "content");
  REQUIRE(sealed.has_value());
  CHECK(keys.open("a", *sealed) == "content");
  CHECK(sealed->find("content") == std::string::npos);
  CHECK(sealed->find_first_not_of(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
        std::string::npos);
  for (const char* purpose : {"", "A", "a ", "aa"}) {
    CAPTURE(purpose);
    CHECK_FALSE(keys.open(purpose, *sealed).has_value());
  }
  CHECK_FALSE(keys.open(std::string_view{"a\0", 2}, *sealed).has_value());
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) all.insert(*keys.seal("a", "content"));
  CHECK(all.size() == 100);
  CHECK_FALSE(SealKeys::make_passing()->open("a", *sealed).has_value());
}

TEST_CASE("seal: empty and large contents, and purposes of any bytes") {
  const auto keys = *SealKeys::make_passing();
  const std::string all_bytes = [] {
    std::string text;
    for (int i = 0; i < 256; ++i) text.push_back(static_cast<char>(i));
    return text;
  }();
  for (const std::string& content :
       {std::string{}, all_bytes, std::string(1, '\0'), std::string(1 << 20, 'x')}) {
    const auto sealed = keys.seal(all_bytes, content);
    REQUIRE(sealed.has_value());
    CHECK(keys.open(all_bytes, *sealed) == content);
  }
}

TEST_CASE("seal: whatever is changed, taken away or added, it does not open") {
  const auto keys = *SealKeys::make_passing();
  const std::string sealed = *keys.seal("a", "some content");
  const std::string bytes = *decode_base64url(sealed);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      std::string text;
      append_base64url(text, changed);
      CHECK_FALSE(keys.open("a", text).has_value());
    }
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    CHECK_FALSE(keys.open("a", sealed.substr(0, size)).has_value());
    CHECK_FALSE(keys.open("a", sealed.substr(sealed.size() - size)).has_value());
  }
  for (const char* added : {"A", "AAAA", "=", "==", "\n", " "}) {
    CHECK_FALSE(keys.open("a", sealed + added).has_value());
    CHECK_FALSE(keys.open("a", added + sealed).has_value());
  }
  CHECK(keys.open("a", sealed).has_value());
}

// By another implementation of AES-256-GCM, with the nonce 00 .. 0b; what replicas of other
// versions have sealed must open.
TEST_CASE("seal: its form does not change") {
  const Place place;
  std::string key;
  for (int i = 0; i < 32; ++i) key.append({"0123456789abcdef"[i / 16], "0123456789abcdef"[i % 16]});
  const auto keys = place.keys(key);
  CHECK(keys.open("purpose", "AQABAgMEBQYHCAkKCyRtuG-gi7b8hbCDA4hTpKgeStDUy9dR") == "content");
}

TEST_CASE(
    "seal keys: a file that is not there is made, for its owner alone, and used from then on") {
  const Place place;
  const auto made = SealKeys::load_or_make(place.file());
  REQUIRE(made.has_value());

  struct stat status {};

  REQUIRE(::stat(place.file().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  CHECK(place.content().size() == 65);
  CHECK(place.content().find_first_not_of("0123456789abcdef") == 64);
  const auto again = SealKeys::load_or_make(place.file());
  REQUIRE(again.has_value());
  CHECK(again->open("a", *made->seal("a", "content")) == "content");
  CHECK(std::distance(fs::directory_iterator{fs::path{place.file()}.parent_path()}, {}) == 1);
}

TEST_CASE("seal keys: the first key seals, all of them open") {
  const Place place;
  const auto old = place.keys(kFirst + "\n");
  const std::string by_old = *old.seal("a", "before");
  const auto both = place.keys(kSecond + "\n" + kFirst + "\n");
  CHECK(both.open("a", by_old) == "before");
  const std::string by_new = *both.seal("a", "after");
  CHECK_FALSE(old.open("a", by_new).has_value());
  const auto renewed = place.keys(kSecond);
  CHECK(renewed.open("a", by_new) == "after");
  CHECK_FALSE(renewed.open("a", by_old).has_value());
}

TEST_CASE("seal keys: a file that is wrong is refused with its line, and is not replaced") {
  const Place place;
  const std::string is_no_key =
      ": is no key of 32 bytes in hexadecimal, as \"openssl rand -hex 32\" makes it";
  const auto refused = [&](const std::string& text) {
    place.write(text);
    std::string why = place.refusal();
    CHECK(place.content() == text);
    return why;
  };
  CHECK(refused("") == "FILE: has no key");
  CHECK(refused(kFirst + "\n" + std::string(63, 'a') + "\n") == "FILE:2" + is_no_key);
  CHECK(refused(kFirst + "\n\n" + kSecond) == "FILE:2" + is_no_key);
  CHECK(refused("\n") == "FILE:1" + is_no_key);
  CHECK(refused(kFirst + "a\n") == "FILE:1" + is_no_key);
  CHECK(refused(kFirst + "\r\n") == "FILE:1" + is_no_key);
  CHECK(refused(std::string(63, 'a') + "g") == "FILE:1" + is_no_key);
  CHECK(refused(std::string(100'000, 'a')) == "FILE:1" + is_no_key);
  std::string many;
  for (std::size_t i = 0; i < SealKeys::kMaxKeys; ++i) many.append(kFirst).append("\n");
  CHECK(place.keys(many).seal("a", "b").has_value());
  CHECK(refused(many + kSecond) == "FILE: has more than 8 keys");
  CHECK(refused(many + kSecond).find(kSecond) == std::string::npos);
}

TEST_CASE("seal keys: a file that others may read is refused, and so is what is no file") {
  const Place place;
  for (const mode_t mode : {0604U, 0640U, 0644U, 0601U}) {
    CAPTURE(mode);
    place.write(kFirst, mode);
    CHECK(place.refusal() ==
          "FILE holds the keys that seal what clients keep for the server and may be read by "
          "others; chmod 600 it");
  }
  for (const mode_t mode : {0602U, 0620U}) {
    place.write(kFirst, mode);
    CHECK_FALSE(place.refusal().empty());
  }
  fs::remove(place.file());
  fs::create_directory(place.file());
  REQUIRE(::chmod(place.file().c_str(), 0700) == 0);
  CHECK_FALSE(place.refusal().empty());
  fs::remove(place.file());
  REQUIRE(::mkfifo(place.file().c_str(), 0600) == 0);
  CHECK_FALSE(place.refusal().empty());
}

TEST_CASE("seal keys: of several that start at once one makes the file, and all have its key") {
  const Place place;
  constexpr std::size_t kStarters = 8;
  std::vector<std::optional<SealKeys>> all(kStarters);
  std::vector<std::thread> threads;
  std::atomic<std::size_t> ready = 0;
  for (std::size_t i = 0; i < kStarters; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready < kStarters) std::this_thread::yield();
      if (auto keys = SealKeys::load_or_make(place.file())) all[i] = std::move(*keys);
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(all.front().has_value());
  const std::string sealed = *all.front()->seal("a", "content");
  for (const auto& keys : all) {
    REQUIRE(keys.has_value());
    CHECK(keys->open("a", sealed) == "content");
  }
  CHECK(std::distance(fs::directory_iterator{fs::path{place.file()}.parent_path()}, {}) == 1);
}

TEST_CASE("seal keys: a name depends on key, purpose and content, and on nothing else") {
  const auto keys = *SealKeys::make_passing();
  const std::string name = keys.name_of("rate", "ann");
  CHECK(name.size() == 32);
  CHECK(name == keys.name_of("rate", "ann"));
  CHECK(name != keys.name_of("rate", "anna"));
  CHECK(name != keys.name_of("ratea", "nn"));
  CHECK(name != (*SealKeys::make_passing()).name_of("rate", "ann"));
}
