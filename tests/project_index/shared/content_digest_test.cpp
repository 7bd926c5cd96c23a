// SPDX-License-Identifier: Apache-2.0
#include "shared/content_digest.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace toolpost::project_index;

namespace {

std::string digest_of(std::string_view text, std::size_t piece) {
  ContentDigest digest;
  for (std::size_t at = 0; at < text.size(); at += piece) digest.add(text.substr(at, piece));
  return digest.hexadecimal();
}

std::string letters(std::size_t count) {
  std::string text;
  for (std::size_t at = 0; at < count; ++at) text += static_cast<char>('a' + at % 26);
  return text;
}

}  // namespace

TEST_CASE("content digest: it is BLAKE2b with 32 bytes, around the borders of its blocks") {
  struct Known {
    std::size_t size;
    const char* digest;
  };

  // As Python's hashlib has them.
  constexpr Known kKnown[] = {
      {0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
      {3, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"},
      {127, "ad29611e31c0846f28e02982a12c7a6ec9ef71ea7b6866603dd93a23c2322a5b"},
      {128, "362f4baa8a41484b362c7dee9605b22c9ef18b4930abb85348fa54a43cfa19a9"},
      {129, "43e7c863a2faa256b007de3e4a92d9251b087024733014163b13a34b9bcbadb7"},
      {256, "cde6d574fcacb5cc1dbb64dec9a7d1a6f7a6b4f87e9e30127e048482d5265ec3"},
      {257, "17dee460bfcb5eb0d157f2b01976e15e36e0212ebf2aeb6b954ed89c048169fd"},
      {100000, "1a04b4abe24be8cc67d2a3c3ef21fbecb50f0b58fa7b42a83467fa073af04dd0"}};
  for (const auto& known : kKnown) {
    CAPTURE(known.size);
    CHECK(digest_of(letters(known.size), 100'000) == known.digest);
    CHECK(digest_of(letters(known.size), 37) == known.digest);
  }
}

TEST_CASE("content digest: texts that run together are not the same texts") {
  ContentDigest one;
  one.add_text("ab");
  one.add_text("c");
  ContentDigest other;
  other.add_text("a");
  other.add_text("bc");
  CHECK(one.hexadecimal() != other.hexadecimal());
}
