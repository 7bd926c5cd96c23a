// SPDX-License-Identifier: Apache-2.0
#include "identity/api_key.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace toolpost;
using namespace toolpost::identity;

TEST_CASE("api key: a generated key has its form, its id and enough strength") {
  std::set<std::string> keys;
  for (int i = 0; i < 200; ++i) {
    const auto made = generate_key();
    REQUIRE(made.has_value());
    const std::string key{made->key.reveal()};
    CHECK(key.size() == 65);
    CHECK(key.starts_with("mcp_" + made->id + "_"));
    CHECK(key_id_of(key) == std::string_view{made->id});
    CHECK(check_key_strength(key).has_value());
    keys.insert(key);
  }
  CHECK(keys.size() == 200);
}

TEST_CASE("api key: a torn or changed key has no id") {
  const auto made = generate_key();
  REQUIRE(made.has_value());
  const std::string key{made->key.reveal()};
  for (std::size_t at = 0; at < key.size(); ++at) {
    std::string changed = key;
    changed[at] = changed[at] == 'a' ? 'b' : 'a';
    CHECK_MESSAGE(!key_id_of(changed), "changed at ", at);
  }
  CHECK(!key_id_of(key.substr(1)));
  CHECK(!key_id_of(key + "0"));
  CHECK(!key_id_of(""));
}

TEST_CASE("api key: the digest is SHA-256") {
  CHECK(to_hex(digest_of("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(digest_of("")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("api key: digests are read from lower-case hexadecimal only") {
  const KeyDigest digest = digest_of("abc");
  CHECK(digest_from_hex(to_hex(digest)) == digest);
  CHECK(!digest_from_hex(to_hex(digest).substr(1)));
  CHECK(!digest_from_hex("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"));
  CHECK(!digest_from_hex(std::string(64, 'g')));
}

TEST_CASE("api key: digests compare by all their bytes") {
  const KeyDigest digest = digest_of("abc");
  CHECK(equal_in_constant_time(digest, digest));
  for (std::size_t i = 0; i < digest.size(); ++i) {
    KeyDigest other = digest;
    other[i] ^= 1U;
    CHECK(!equal_in_constant_time(digest, other));
  }
}

TEST_CASE("api key: placeholders and weak keys are refused with the reason, never repeated") {
  const std::string too_long = std::string(600, 'a');

  const struct {
    std::string_view key;
    const char* reason;
  } cases[] = {
      {"your-secure-api-key-here", "placeholder"},
      {"your-key", "placeholder"},
      {"Your_Secure_API_Key_Here_0123456789abcdef", "placeholder"},
      {"<admin-api-key>", "placeholder"},
      {"<a-key-of-more-than-thirty-two-characters>", "placeholder"},
      {"${MCP_API_KEY_FROM_SOMEWHERE_ELSE_12345}", "placeholder"},
      {"changeme-changeme-changeme-changeme-0", "placeholder"},
      {"", "shorter than 32"},
      {"0123456789abcdef0123456789abcde", "shorter than 32"},
      {too_long, "longer than 512"},
      {"0123456789abcdef 0123456789abcdef", "header"},
      {"0123456789abcdef0123456789abcdef\n", "header"},
      {"0123456789abcdef0123456789abcdéf", "header"},
      {"abababababababababababababababababab", "8 different"},
  };

  for (const auto& row : cases) {
    const auto checked = check_key_strength(row.key);
    REQUIRE_MESSAGE(!checked.has_value(), row.key);
    const std::string message = checked.error().message();
    CHECK_MESSAGE(message.find(row.reason) != std::string::npos, message);
    if (!row.key.empty()) CHECK(message.find(row.key) == std::string::npos);
  }
  CHECK(check_key_strength("0123456789abcdef0123456789abcdef").has_value());
  CHECK(check_key_strength("Tr0ub4dor&3-correct-horse-battery-staple").has_value());
}
