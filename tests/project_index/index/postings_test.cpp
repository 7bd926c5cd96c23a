// SPDX-License-Identifier: Apache-2.0
#include "index/postings.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace toolpost::project_index;

namespace {

std::vector<std::uint32_t> random_files(std::mt19937& random, std::uint32_t count, double share) {
  std::vector<std::uint32_t> files;
  std::bernoulli_distribution is_in(share);
  for (std::uint32_t file = 0; file < count; ++file)
    if (is_in(random)) files.push_back(file);
  if (files.empty()) files.push_back(count - 1);
  return files;
}

}  // namespace

TEST_CASE("postings: what is packed is what comes out, from one file to all of them") {
  std::mt19937 random(1);
  for (const std::uint32_t count : {1u, 7u, 8u, 9u, 63u, 64u, 1000u, 40'000u})
    for (const double share : {0.0, 0.0001, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.99, 1.0}) {
      const auto files = random_files(random, count, share);
      std::string bytes = "before";
      encode_postings(files, count, bytes);
      std::vector<std::uint32_t> decoded{1, 2, 3};
      REQUIRE(decode_postings(std::string_view(bytes).substr(6), count, decoded));
      CHECK(decoded == files);
      CAPTURE(count);
      CAPTURE(share);
      CHECK(bytes.size() - 6 <= 1 + (count + 7) / 8);
    }
}

TEST_CASE("postings: a rare trigram of many files takes a few bytes") {
  std::string bytes;
  encode_postings(std::vector<std::uint32_t>{77'777}, 100'000, bytes);
  CHECK(bytes.size() <= 4);
}

TEST_CASE("postings: whatever the bytes, the files ascend and exist") {
  std::mt19937 random(2);
  std::uniform_int_distribution<int> byte(0, 255);
  std::vector<std::uint32_t> files;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(static_cast<std::size_t>(byte(random) % 40), '\0');
    for (auto& each : bytes) {
      const int mask = byte(random);  // fewer bits than chance has
      each = static_cast<char>(byte(random) & mask);
    }
    if (!bytes.empty()) bytes[0] = static_cast<char>(byte(random) % 40);
    const auto count = static_cast<std::uint32_t>(byte(random) + 1);
    decode_postings(bytes, count, files);
    for (std::size_t at = 0; at < files.size(); ++at) {
      REQUIRE(files[at] < count);
      REQUIRE((at == 0 || files[at - 1] < files[at]));
    }
  }
}
