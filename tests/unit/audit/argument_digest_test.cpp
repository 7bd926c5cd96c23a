// SPDX-License-Identifier: Apache-2.0
#include "audit/argument_digest.hpp"

#include "audit/chain.hpp"
#include "base/base64.hpp"
#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace toolpost;

namespace {

const std::string kMark = "hmac-sha256:";
constexpr std::size_t kDigestText = 34;  // the mark and 22 characters

json::LogMarks marks_for(std::initializer_list<std::string> names) {
  json::LogMarks marks;
  for (const std::string& name : names) {
    marks.properties.push_back({.property = name, .in_clear = true});
  }
  return marks;
}

std::string record(std::string_view arguments, const json::LogMarks& marks = {}) {
  // Whoever made the key makes no difference; that it is used does.
  const audit::KeyedHasher hasher{"a key"};
  std::string out = "before";
  audit::append_arguments(out, arguments, marks, hasher);
  REQUIRE(out.substr(0, 6) == "before");
  out.erase(0, 6);
  const auto document = json::parse(out);
  CAPTURE(out);
  REQUIRE(document.has_value());
  REQUIRE(document->root().is_object());
  return out;
}

std::string digest(std::string_view json) {
  const audit::Hash hash = audit::KeyedHasher{"a key"}.hash(json);
  std::string text = kMark;
  append_base64url(text, audit::bytes_of(hash).substr(0, 16));
  return text;
}

// What the record says for the argument "a".
std::string value(std::string_view json, const json::LogMarks& marks = {}) {
  const std::string text = record(R"({"a":)" + std::string{json} + "}", marks);
  const auto document = json::parse(text);
  const json::Value* found = document->root().find("a");
  REQUIRE(found != nullptr);
  return found->is_string() ? std::string{found->as_string()} : text.substr(5, text.size() - 6);
}

}  // namespace

TEST_CASE("arguments: without a mark there is a digest for each") {
  CHECK(record("{}") == "{}");
  CHECK(record(R"({"a":"x", "b":[1, 2]})") ==
        R"({"a":")" + digest(R"("x")") + R"(","b":")" + digest("[1,2]") + R"("})");
  CHECK(value("\"x\"").size() == kDigestText);
  std::string other;
  audit::append_arguments(other, R"({"a":"x"})", {}, audit::KeyedHasher{"another key"});
  CHECK(other != record(R"({"a":"x"})"));
}

TEST_CASE("arguments: equal values have equal digests, however they are written") {
  const std::string plain = value(R"({"k":["é\n/",1.50,true,null]})");
  CHECK(value("{ \"k\" :\n[ \"\\u00e9\\u000a\\/\" ,\t1.50, true ,null ] }") == plain);
  CHECK(value(R"({"\u006b":["é\n/",1.50,true,null]})") == plain);
  CHECK(value(R"({"k":["é\n/",1.5,true,null]})") != plain);
  CHECK(value(R"("a b")") != value(R"("ab")"));
  CHECK(value(R"("1")") != value("1"));
}

TEST_CASE("arguments: what is marked is in clear, with space between tokens removed") {
  const auto marks = marks_for({"a"});
  CHECK(value("true", marks) == "true");
  CHECK(value(R"("numpy>=2")", marks) == "numpy>=2");
  CHECK(value("[ \"x\" , {\"k\": 1.50 , \"l\":[ ] } ]", marks) == R"(["x",{"k":1.50,"l":[]}])");
  CHECK(record(R"({"\u0061":1,"b":1})", marks) == R"({"a":1,"b":")" + digest("1") + R"("})");
}

TEST_CASE("arguments: an object with marked properties is descended into") {
  json::LogMarks marks;
  marks.properties.push_back({.property = "a", .below = marks_for({"shown"})});
  CHECK(record(R"({"a":{"shown":1,"other":{"shown":2}}})", marks) ==
        R"({"a":{"shown":1,"other":")" + digest(R"({"shown":2})") + R"("}})");
  CHECK(value(R"([{"shown":1}])", marks) == digest(R"([{"shown":1}])"));
}

TEST_CASE("arguments: a long value in clear is cut visibly, with its digest") {
  const auto marks = marks_for({"a"});
  const std::string fits(1000, 'x');
  CHECK(value('"' + fits + '"', marks) == fits);

  const std::string longer(3000, 'x');
  const std::string text = value('"' + longer + '"', marks);
  CHECK(text == std::string(1024, 'x') + "…[cut " + digest('"' + longer + '"') + "]");

  std::string many = "[0";
  for (int i = 1; i < 1000; ++i) many += "," + std::to_string(i);
  many += "]";
  const std::string array = value(many, marks);
  CHECK(array.size() < 1100);
  CHECK(array.substr(0, 6) == "[0,1,2");
  CHECK(array.find(",\"[cut " + digest(many) + "]\"]") != std::string::npos);

  std::string members = R"({"0":0)";
  for (int i = 1; i < 900; ++i) members += ",\"" + std::to_string(i) + "\":{}";
  members += "}";
  CHECK(value(members, marks).find(R"("…":"[cut )" + digest(members) + "]\"}") !=
        std::string::npos);

  const std::string number(400, '1');
  CHECK(value(number, marks) == "[cut " + digest(number) + "]");
}

TEST_CASE("arguments: a cut leaves no half of a character and no open container") {
  const auto marks = marks_for({"a"});
  for (std::size_t before = 0; before < 4; ++before) {
    std::string text(before, 'x');
    for (int i = 0; i < 700; ++i) text += "\xF0\x9F\x98\x80";
    CHECK(value('"' + text + '"', marks).find("\xEF\xBF\xBD") == std::string::npos);
  }
  const std::string deep =
      std::string(50, '[') + '"' + std::string(2000, 'y') + '"' + std::string(50, ']');
  CHECK(value(deep, marks).substr(0, 52) == std::string(50, '[') + "\"y");
  // Twice as long by its escapes as it came.
  std::string controls;
  for (int i = 0; i < 900; ++i) controls += "\xC2\x85";
  CHECK(value('"' + controls + '"', marks).find("[cut ") != std::string::npos);
}

TEST_CASE("arguments: all values in clear together have 4 KiB, then digests stand for them") {
  const std::string long_text = '"' + std::string(2000, 'x') + '"';
  std::string arguments = "{";
  json::LogMarks marks;
  for (int i = 0; i < 10; ++i) {
    const std::string name = "m" + std::to_string(i);
    marks.properties.push_back({.property = name, .in_clear = true});
    arguments.append(i == 0 ? "\"" : ",\"").append(name).append("\":").append(long_text);
  }
  const std::string text = record(arguments + "}", marks);
  CHECK(text.size() < 5000);
  CHECK(text.find(R"("m9":")" + digest(long_text) + "\"") != std::string::npos);
}

TEST_CASE("arguments: those beyond 64 are counted, but what is marked is never crowded out") {
  std::string arguments = "{";
  for (int i = 0; i < 200; ++i) arguments += "\"n" + std::to_string(i) + "\":0,";
  const std::string text = record(arguments + R"("last":7})", marks_for({"last"}));
  CHECK(text.find("\"n63\":") != std::string::npos);
  CHECK(text.find("\"n64\":") == std::string::npos);
  CHECK(text.find(R"("last":7,"…":136})") != std::string::npos);
}

TEST_CASE("arguments: names are bounded and stay different") {
  const std::string stem(100, 'n');
  const std::string text = record("{\"" + stem + "1\":0,\"" + stem + "2\":0,\"" +
                                  stem.substr(0, 64) + "…1\":0,\"x…2\":0}");
  CHECK(text.find(stem.substr(0, 64) + "…1\"") != std::string::npos);
  CHECK(text.find(stem.substr(0, 64) + "…2\"") != std::string::npos);
  CHECK(text.find(stem.substr(0, 65)) == std::string::npos);
}

TEST_CASE("arguments: whatever they are, they fit a line") {
  json::LogMarks marks;
  std::string arguments = "{";
  for (int i = 0; i < 500; ++i) {
    std::string name = std::to_string(i);
    for (int j = 0; j < 60; ++j) name += "\x7F";
    if (i % 2 == 0) marks.properties.push_back({.property = name, .in_clear = true});
    arguments += (i == 0 ? "\"" : ",\"") + name + "\":\"" + std::string(300, '\x7F') + '"';
  }
  CHECK(record(arguments + "}", marks).size() < audit::kMaxLineBytes - 8192);
}

TEST_CASE("arguments: what is in clear passes the redactor, names as well") {
  const auto marks = marks_for({"a"});
  CHECK(value(R"("https://user:hunter2@host/x")", marks) == "https://[redacted]@host/x");
  CHECK(value(R"(["x @ https:\/\/t0ken\u0040host/x"])", marks) ==
        R"(["x @ https://[redacted]@host/x"])");
  CHECK(value(R"({"password":"hunter2","b":{"api_key":123,"token":["x"],"n":1}})", marks) ==
        R"({"password":"[redacted]","b":{"api_key":"[redacted]","token":["x"],"n":1}})");
  CHECK(record(R"({"password=x1":0,"password=x2":0})").find("password=[redacted]…2") !=
        std::string::npos);
}
