// SPDX-License-Identifier: Apache-2.0
#include "audit/chain.hpp"

#include "audit/seal_key.hpp"
#include "base/base64.hpp"
#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace toolpost;
using namespace toolpost::audit;

namespace {

constexpr const char* kChain = "20261126T075024Z-3f9a1c2b7d4e5f60";
constexpr std::int64_t kTime = 1'795'679'424'000'250;  // 2026-11-26T07:50:24.000250Z

// Made for this test and for nothing else.
constexpr const char* kPem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace

TEST_CASE("audit chain: each line's hash covers the line and all before it") {
  Chain chain{kChain};
  std::string first;
  chain.append(first, "start", kTime, R"({"pid":7})");
  std::string second;
  chain.append(second, "stop", kTime + 1, "{}");
  CHECK(first.substr(0, first.find(kHashMember)) ==
        R"({"v":1,"chain":"20261126T075024Z-3f9a1c2b7d4e5f60","seq":1,)"
        R"("time":"2026-11-26T07:50:24.000250Z","type":"start","pid":7)");
  Hash hash = genesis(kChain);
  for (const std::string& line : {first, second}) {
    REQUIRE(json::parse(std::string_view{line}.substr(0, line.size() - 1)).has_value());
    const std::size_t end = line.find(kHashMember);
    hash = sha256(bytes_of(hash), std::string_view{line}.substr(0, end));
    CHECK(line.substr(end) == std::string{kHashMember} + "\"" + to_text(hash) + "\"}\n");
  }
  CHECK(chain.hash() == hash);
  CHECK(chain.seq() == 2);
  CHECK(chain.uncovered() == 2);
}

TEST_CASE("audit chain: a checkpoint lists what it covers and is signed") {
  const auto key = SealKey::from_pem(kPem);
  REQUIRE(key.has_value());
  Chain chain{kChain};
  std::string line;
  chain.append(line, "start", kTime, "{}");
  chain.append(line, "stop", kTime, "{}");
  line.clear();
  REQUIRE(chain.append_checkpoint(line, *key, kTime).has_value());
  CHECK(chain.uncovered() == 1);  // itself
  const auto parsed = json::parse(std::string_view{line}.substr(0, line.size() - 1));
  REQUIRE(parsed.has_value());
  const json::Value& root = parsed->root();
  CHECK(root.find("from")->as_int64() == 1);
  CHECK(root.find("to")->as_int64() == 2);
  CHECK(decode_base64url(root.find("digests")->as_string())->size() == 2 * kDigestBytes);
  const auto signature = decode_base64url(root.find("signature")->as_string());
  REQUIRE(signature.has_value());
  std::string text{kSignatureContext};
  text += line.substr(0, line.find(kSignatureMember));
  CHECK(key->public_key().verify(text, *signature));
  text.back() ^= 1;
  CHECK_FALSE(key->public_key().verify(text, *signature));
}

TEST_CASE("audit chain: names") {
  const auto name = make_chain_name(kTime / 1'000'000);
  REQUIRE(name.has_value());
  CHECK(name->starts_with("20261126T075024Z-"));
  CHECK(is_chain_name(*name));
  CHECK_FALSE(is_chain_name("20261126T075024Z-3F9a1c2b7d4e5f60"));
  CHECK(segment_file_name(kChain, 12) == "20261126T075024Z-3f9a1c2b7d4e5f60.000012.jsonl");
  const auto parsed = parse_segment_file_name(segment_file_name(kChain, 1234567));
  REQUIRE(parsed.has_value());
  CHECK(parsed->chain == kChain);
  CHECK(parsed->segment == 1234567);
  for (const char* wrong : {".12.jsonl", ".000000.jsonl", ".00001x.jsonl", ".000001.json", ""}) {
    CHECK_FALSE(parse_segment_file_name(std::string{kChain}.append(wrong)));
  }
}

TEST_CASE("audit hash: RFC 4231, test cases 2 and 6") {
  const auto hex = [](const Hash& hash) {
    std::string text;
    for (const unsigned char byte : hash) {
      constexpr const char* kDigits = "0123456789abcdef";
      text.push_back(kDigits[byte >> 4]);
      text.push_back(kDigits[byte & 15]);
    }
    return text;
  };
  KeyedHasher jefe{"Jefe"};
  for (int round = 0; round < 2; ++round) {
    CHECK(hex(jefe.hash("what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
  KeyedHasher large{std::string(131, '\xaa')};
  CHECK(hex(large.hash("Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
