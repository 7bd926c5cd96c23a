// SPDX-License-Identifier: Apache-2.0
// Replies are read in any pieces, and what is none is refused without taking memory for it.
#include "store/redis_protocol.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>

using namespace toolpost;
using store::Reply;
using store::ReplyReader;

namespace {

constexpr std::size_t kMax = 4096;

// "text:...", "number:...", "nothing", "error:...", "more" or "bad".
std::string told(const Result<std::optional<Reply>>& read) {
  if (!read) return "bad";
  if (!*read) return "more";
  switch ((*read)->kind) {
    case Reply::Kind::kNothing:
      return "nothing";
    case Reply::Kind::kText:
      return "text:" + (*read)->text;
    case Reply::Kind::kNumber:
      return "number:" + std::to_string((*read)->number);
    case Reply::Kind::kError:
      return "error:" + (*read)->text;
  }
  return "";
}

std::string told(std::string_view bytes) {
  ReplyReader reader{kMax};
  return told(reader.feed(bytes));
}

TEST_CASE("redis protocol: a command has its words with their lengths, whatever bytes they are") {
  const std::string_view zero{"a\0\r\nb", 5};
  const std::array<std::string_view, 3> words{"SET", zero, ""};
  CHECK(store::command_text(words) ==
        std::string("*3\r\n$3\r\nSET\r\n$5\r\na\0\r\nb\r\n$0\r\n\r\n", 30));
}

TEST_CASE("redis protocol: each kind of a single value is read") {
  CHECK(told("+OK\r\n") == "text:OK");
  CHECK(told("$5\r\nhello\r\n") == "text:hello");
  CHECK(told("$0\r\n\r\n") == "text:");
  CHECK(told("$-1\r\n") == "nothing");
  CHECK(told(":-7\r\n") == "number:-7");
  CHECK(told("-OOM command not allowed\r\n") == "error:OOM command not allowed");
}

TEST_CASE("redis protocol: the pieces in which a reply comes make no difference") {
  ReplyReader reader{kMax};
  for (const std::string& reply : {std::string{"$5\r\nhe\r\no\r\n"}, std::string{"+PONG\r\n"}}) {
    for (std::size_t i = 0; i + 1 < reply.size(); ++i) {
      CHECK(told(reader.feed(reply.substr(i, 1))) == "more");
    }
    CHECK(told(reader.feed(reply.substr(reply.size() - 1))).starts_with("text:"));
  }
}

TEST_CASE("redis protocol: what Redis would not say here is refused") {
  for (const char* bytes :
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "*1\r\n$2\r\nok\r\n", "*2147483647\r\n", "*0\r\n",
        "*1000000000\r\n", "$99999999999999999999\r\n", "$-2\r\n", "+OK\r\n+OK\r\n", "\r\n\r\n",
        "$2\r\nok\r\n:1\r\n", ":12x\r\n"}) {
    CAPTURE(bytes);
    CHECK(told(bytes) == "bad");
  }
}

TEST_CASE("redis protocol: a reply that is too long is refused while it comes") {
  ReplyReader reader{kMax};
  CHECK(told(reader.feed("$1000000000\r\n")) == "more");
  std::string last = "more";
  for (int i = 0; i < 5 && last == "more"; ++i) last = told(reader.feed(std::string(1024, 'x')));
  CHECK(last == "bad");
  CHECK(told(std::string(kMax + 1, '+')) == "bad");
}

TEST_CASE("redis protocol: garbage is refused or waited for, and never more than that") {
  std::mt19937 random{20261126};
  std::uniform_int_distribution<int> byte{0, 255};
  constexpr std::string_view kMarks = "+-:$*";
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    if (round % 2 == 0) bytes.push_back(kMarks[static_cast<std::size_t>(byte(random)) % 5]);
    const int size = byte(random) % 40;
    for (int i = 0; i < size; ++i) {
      const int value = byte(random);
      bytes.push_back(value % 5 == 0 ? static_cast<char>('0' + value % 10)
                                     : (value % 7 == 0 ? '\r' : static_cast<char>(value)));
      if (bytes.back() == '\r') bytes.push_back('\n');
    }
    ReplyReader reader{64};
    const auto read = reader.feed(bytes);
    if (read && *read) CHECK((*read)->text.size() <= bytes.size());
  }
}

}  // namespace
