// SPDX-License-Identifier: Apache-2.0
#include "base/redact.hpp"

#include "base/json_escape.hpp"
#include "base/utf8.hpp"
#include "identity/api_key.hpp"
#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

using namespace toolpost;

namespace {

std::string clean(std::string_view text) {
  std::string scratch;
  std::string once{redacted(text, scratch)};
  std::string again;
  CHECK(std::string{redacted(once, again)} == once);
  return once;
}

struct Sample {
  std::string text;
  std::string expected;
};

const std::string kLetters = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";

const std::vector<Sample>& samples() {
  static const std::vector<Sample> kAll = {
      {"https://ann:hunter2@host/x", "https://[redacted]@host/x"},
      {"git+https://t0ken@host/x.git", "git+https://[redacted]@host/x.git"},
      {"postgresql://u:p@ss@db:5432/x?y=1", "postgresql://[redacted]@db:5432/x?y=1"},
      {"a -----BEGIN EC PRIVATE KEY-----\nMHcC+/=\nAQ==\n-----END EC PRIVATE KEY----- b",
       "a [redacted] b"},
      {"-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\n\r\nMIIE", "[redacted]"},
      {R"(-----BEGIN PRIVATE KEY-----\nMHcC\n-----END PRIVATE KEY-----\n.)", R"([redacted]\n.)"},
      {"x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl.", "x [redacted]."},
      {"Bearer abcDEF123-._~", "Bearer [redacted]"},
      {"authorization basic dXNlcjpwYXNz and", "authorization basic [redacted] and"},
      {"Authorization: Bearer abc", "Authorization: [redacted]"},
      {"ghp_" + kLetters, "[redacted]"},
      {"(gho_" + kLetters + ")", "([redacted])"},
      {"github_pat_" + kLetters, "[redacted]"},
      {"x_glpat-abcdefghij1234567890", "x_[redacted]"},
      {"key AKIAIOSFODNN7EXAMPLE.", "key [redacted]."},
      {"xoxb-123456789012-abc", "[redacted]"},
      {"sk-" + kLetters, "[redacted]"},
      {"sk-proj-" + kLetters, "[redacted]"},
      {"sk-QwertzuiopAsdfghjkYx", "[redacted]"},
      {"pypi-AgEIcHlwaS5vcmcC" + kLetters, "[redacted]"},
      {"npm_" + kLetters, "[redacted]"},
      {R"(line\nghp_)" + kLetters, R"(line\n[redacted])"},
      {"password=hunter2", "password=[redacted]"},
      {"x?token=abc&y=1", "x?token=[redacted]&y=1"},
      {"DB_SECRET = \"two words\" x", "DB_SECRET = \"[redacted]\" x"},
      {"api_key='x y'", "api_key='[redacted]'"},
      {"password: hunter2", "password: [redacted]"},
      {R"({"password":"}x\"y","b":1})", R"({"password":"[redacted]","b":1})"},
      {R"({"x-api-key" : 12345})", R"({"x-api-key" : "[redacted]"})"},
      {R"("{\"token\":\"a\\\"b\",\"c\":1}")", R"("{\"token\":\"[redacted]\",\"c\":1}")"},
      {"authorization=Bearer abc d", "authorization=[redacted] d"},
  };
  return kAll;
}

}  // namespace

TEST_CASE("redact: what looks like a secret is cut, and only that") {
  for (const Sample& secret : samples()) {
    CAPTURE(secret.text);
    CHECK(clean(secret.text) == secret.expected);
  }
}

TEST_CASE("redact: this host's own keys are cut") {
  for (int i = 0; i < 50; ++i) {
    const auto key = identity::generate_key();
    REQUIRE(key.has_value());
    const std::string text{key->key.reveal()};
    CHECK(clean(std::string{"key "}.append(text).append(", ").append(text)) ==
          "key [redacted], [redacted]");
    CHECK(clean(text.substr(0, text.size() - 12)) == "[redacted]");
  }
}

TEST_CASE("redact: a secret in a JSON string is cut as well, and the text stays JSON") {
  for (const Sample& secret : samples()) {
    if (secret.text.find("\\\"") != std::string::npos) continue;  // would be escaped twice
    std::string text = R"({"a":)";
    append_json_string(text, secret.text);
    text += R"(,"b":["z"]})";
    const std::string result = clean(text);
    CAPTURE(text);
    CAPTURE(result);
    const auto document = json::parse(result);
    REQUIRE(document.has_value());
    REQUIRE(document->root().find_string("a") != nullptr);
    CHECK(document->root().find_string("a")->as_string().find(kRedacted) != std::string_view::npos);
    CHECK(document->root().find("b")->items()[0].as_string() == "z");
  }
}

TEST_CASE("redact: what is no secret stays, without a copy") {
  for (const std::string_view text :
       {"",
        "numpy>=2.0,<3",
        "token==1.0",
        "secrets>=1",
        "scikit-learn[extra]~=1.4 ; x=='y'",
        "sk-learn-contrib-some-very-long-name",
        "pypi-simple-server",
        "npm_config_registry",
        "https://host/path?x=1#y@z",
        "git+ssh://git@github.com/a/b.git",
        "mail ann@host.example",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "hmac-sha256:RlyRswOkTkC5aCdHeTPK1A",
        "MCP_API_KEY: is shorter than 32 characters",
        "Bearer authentication is required",
        "basic configuration",
        "Basic Access",
        "task-123456",
        "20261126T075024Z-3f9a1c2b7d4e5f60",
        "mcp_server",
        "eyJ.eyJ.x",
        "-----BEGIN nothing",
        R"({"a":"token=","b":"password:","c":[1]})",
        R"({"password":true,"secret":{"a":1}})",
        "C:\\new\\table",
        "key_id=uui9qiii",
        "tokens=12",
        "--- a: b = c"}) {
    CAPTURE(text);
    std::string scratch = "untouched";
    const std::string_view result = redacted(text, scratch);
    CHECK(result == text);
    CHECK(result.data() == text.data());
    CHECK(scratch == "untouched");
  }
}

TEST_CASE("redact: names of secrets") {
  for (const std::string_view name : {"password", "X-Api-Key", "GITHUB_TOKEN", "client.secret"}) {
    CHECK(is_secret_name(name));
  }
  for (const std::string_view name : {"", "key", "tokens", "passwords_file", "max_tokens", "id"}) {
    CHECK_FALSE(is_secret_name(name));
  }
}

TEST_CASE("redact: no text breaks UTF-8 or JSON, and a second pass changes nothing") {
  const std::vector<std::string> pieces = {"\"",
                                           "\\",
                                           "\n",
                                           " ",
                                           ":",
                                           "=",
                                           "//",
                                           "://",
                                           "@",
                                           "/",
                                           "'",
                                           ",",
                                           "{",
                                           "}",
                                           "[",
                                           "]",
                                           "é",
                                           "token",
                                           "password",
                                           "Bearer ",
                                           "Basic ",
                                           "-----BEGIN A-----",
                                           "-----END A-----",
                                           "ghp_",
                                           "eyJ",
                                           ".",
                                           "mcp_",
                                           kLetters,
                                           "[redacted]",
                                           "\xF0\x9F\x98\x80",
                                           "a",
                                           "1",
                                           "n",
                                           "u0040"};
  std::mt19937 random{7};
  for (int round = 0; round < 40'000; ++round) {
    std::string text;
    for (std::size_t i = random() % 12; i > 0; --i) text += pieces[random() % pieces.size()];
    std::string quoted = R"({"token":)";
    append_json_string(quoted, text);
    quoted += ",\"x\":";
    append_json_string(quoted, text);
    quoted += ",\"password\" : 12}";
    CAPTURE(text);
    REQUIRE(is_utf8(clean(text)));
    const std::string result = clean(quoted);
    CAPTURE(result);
    REQUIRE(json::parse(result).has_value());
  }
}

TEST_CASE("redact: time is linear in the text") {
  // Beginnings that lead nowhere. Quadratic work on 1 MiB would take minutes.
  for (const std::string_view piece :
       {"eyJ-",       "eyJaaaaaaaa.", "sk-",         "pypi-",
        "://",        "://a",         "-----BEGIN ", "-----BEGIN A-----\n",
        "-----END ",  "token=",       "token:\"",    "password='",
        "Bearer ",    "mcp_",         "\\",          "\\\"",
        "AKIA",       "a=",           "token",       "ghp_-",
        "\"token\": "}) {
    std::string text;
    while (text.size() < (std::size_t{1} << 20)) text += piece;
    std::string scratch;
    const auto begin = std::chrono::steady_clock::now();
    CHECK(!redacted(text, scratch).empty());
    CAPTURE(piece);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
  }
}
