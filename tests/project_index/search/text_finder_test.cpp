// SPDX-License-Identifier: Apache-2.0
#include "search/text_finder.hpp"

#include "support/slowness.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <random>

using namespace toolpost::project_index;

namespace {

char small(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
}

std::size_t plainly_found(std::string_view text, std::size_t from, std::size_t to,
                          std::string_view wanted, bool ignore_case) {
  for (auto at = from; at + wanted.size() <= to; ++at) {
    const auto fits = [&](char byte, char want) {
      return (ignore_case ? small(byte) : byte) == want;
    };
    if (std::equal(wanted.begin(), wanted.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                   [&](char want, char byte) { return fits(byte, want); }))
      return at;
  }
  return std::string_view::npos;
}

std::chrono::nanoseconds processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

TEST_CASE("text finder: of several the one that begins first, near and far") {
  std::mt19937 random(5);
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    for (auto count = random() % 2000; count > 0; --count) text += "xyzaB"[random() % 5];
    std::vector<std::string> wanted;
    for (auto count = random() % 4 + 1; count > 0; --count) {
      std::string one;
      for (auto size = random() % 9 + 1; size > 0; --size) one += "xyzab"[random() % 5];
      wanted.push_back(one);
    }
    const auto from = random() % (text.size() + 1);
    const auto to = from + random() % (text.size() - from + 1);
    for (const bool ignore_case : {false, true}) {
      auto first = std::string_view::npos;
      for (const std::string& one : wanted)
        first = std::min(first, plainly_found(text, from, to, one, ignore_case));
      CAPTURE(text);
      CHECK(TextFinder(wanted, ignore_case).find(text, from, to) == first);
    }
  }
}

TEST_CASE("text finder: the first place, at every distance from either end") {
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto count = random() % 80; count > 0; --count) text += "aAbB_@`{["[random() % 9];
    std::string wanted;
    for (auto count = random() % 4 + 1; count > 0; --count) wanted += "ab_@`{"[random() % 6];
    const auto from = random() % (text.size() + 1);
    const auto to = from + random() % (text.size() - from + 1);
    for (const bool ignore_case : {false, true}) {
      CAPTURE(text);
      CAPTURE(wanted);
      CHECK(TextFinder({wanted}, ignore_case).find(text, from, to) ==
            plainly_found(text, from, to, wanted, ignore_case));
    }
  }
}

TEST_CASE("text finder: a text whose rarest bytes stand everywhere is found in linear time") {
  const std::string almost = std::string(4095, 'a') + "b";
  std::string text;
  while (text.size() < (std::size_t{4} << 20)) text += almost;
  const std::string wanted(4096, 'a');
  for (const bool ignore_case : {false, true}) {
    const TextFinder finder({wanted, "aab" + wanted}, ignore_case);
    const auto before = processor_time();
    CHECK(finder.find(text, 0, text.size()) == std::string_view::npos);
    // A few milliseconds; five seconds where each place is looked at.
    if (ignore_case)
      CHECK(processor_time() - before < toolpost::testing::kSlowness * std::chrono::seconds(1));
    CHECK(finder.find(text + wanted, 0, text.size() + wanted.size()) == text.size() - 3);
  }
}
