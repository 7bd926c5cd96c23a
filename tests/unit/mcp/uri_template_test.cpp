// SPDX-License-Identifier: Apache-2.0
// Templates read backwards: what is matched is what RFC 6570 could have written, no more.
#include "mcp/uri_template.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace toolpost;

namespace {

// "name=value|name=value", "no match", or why the template is refused.
std::string read(std::string_view text, std::string_view uri) {
  const auto compiled = mcp::UriTemplate::compile(text);
  if (!compiled) return "refused: " + compiled.error().message();
  const auto variables = compiled->match(uri);
  if (!variables) return "no match";
  std::string all;
  for (const auto& [name, value] : *variables) {
    if (!all.empty()) all.push_back('|');
    all.append(name).append("=").append(value);
  }
  return all;
}

std::string refusal(std::string_view text) {
  const auto compiled = mcp::UriTemplate::compile(text);
  return compiled ? std::string{} : compiled.error().message();
}

std::chrono::nanoseconds time_of_match(const mcp::UriTemplate& compiled, const std::string& uri) {
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(compiled.match(uri).has_value());
  return std::chrono::steady_clock::now() - begin;
}

}  // namespace

TEST_CASE("uri template: a simple variable is one segment without reserved characters") {
  CHECK(read("test://t/{id}/data", "test://t/42/data") == "id=42");
  CHECK(read("test://t/{id}/data", "test://t//data") == "id=");
  CHECK(read("test://t/{id}/data", "test://t/a-b_c.d~e/data") == "id=a-b_c.d~e");
  for (const char* uri : {"test://t/a/b/data", "test://t/a?b/data", "test://t/a b/data",
                          "test://t/a,b/data", "test://t/42/data/", "xtest://t/42/data",
                          "TEST://t/42/data", "test://t/42/data\n", "test://t/%4/data", ""}) {
    CAPTURE(uri);
    CHECK(read("test://t/{id}/data", uri) == "no match");
  }
  CHECK(read("x:{a,b}", "x:1,2") == "a=1|b=2");
  CHECK(read("x:{a}{b}", "x:") == "a=|b=");
}

TEST_CASE("uri template: each operator has its own way of writing variables") {
  CHECK(read("x:{+path}", "x:/a/b?c=d#e") == "path=/a/b?c=d#e");
  CHECK(read("x:{+path}/end", "x:a/end/end") == "path=a/end");
  CHECK(read("x:{+a,b}", "x:1,2") == "a=1|b=2");
  CHECK(read("x:p{#part}", "x:p#top") == "part=top");
  CHECK(read("x:p{#part}", "x:p") == "");
  CHECK(read("x:f{.ext}", "x:f.tar") == "ext=tar");
  CHECK(read("x:f{.ext}", "x:f") == "");
  CHECK(read("x:a{/b,c}", "x:a/1/2") == "b=1|c=2");
  CHECK(read("x:a{/b,c}", "x:a/1") == "b=1");
  CHECK(read("x:a{;b,c}", "x:a;b=1;c=2") == "b=1|c=2");
  CHECK(read("x:a{;b,c}", "x:a;b;c=2") == "b=|c=2");
  CHECK(read("x:a{?b,c}", "x:a?b=1&c=2") == "b=1|c=2");
  CHECK(read("x:a?z=0{&b,c}", "x:a?z=0&b=1&c=2") == "b=1|c=2");
  CHECK(read("x:a{?b}", "x:a?b=") == "b=");
  CHECK(read("x:a{?b}", "x:a") == "");
}

TEST_CASE("uri template: a named variable may be a list, with its commas or with their encoding") {
  for (const char* uri : {"x:a?b=py,ts&c=2", "x:a?b=py%2Cts&c=2"}) {
    CAPTURE(uri);
    CHECK(read("x:a{?b,c}", uri) == "b=py,ts|c=2");
  }
  CHECK(read("x:a{;b}", "x:a;b=py,ts") == "b=py,ts");
  CHECK(read("x:a{/b}", "x:a/py,ts") == "no match");
}

TEST_CASE("uri template: of several variables each may be left out") {
  CHECK(read("x:a{?b,c}", "x:a?c=2") == "c=2");
  CHECK(read("x:a{?b,c,d}", "x:a?b=1&d=3") == "b=1|d=3");
  CHECK(read("x:a{;b,c}", "x:a;c=2") == "c=2");
  CHECK(read("x:a?z=0{&b,c}", "x:a?z=0&c=2") == "c=2");
  CHECK(read("x:a{?b,c}", "x:a&c=2") == "no match");
  CHECK(read("x:a{?b,c}", "x:a?") == "no match");
  CHECK(read("x:a{?b,c}", "x:a?b=1?c=2") == "no match");
  CHECK(read("x:a{?b,c}", "x:a?b=1&") == "no match");
  CHECK(read("x:a{#b,c}", "x:a#1,2") == "b=1|c=2");
  CHECK(read("x:a{#b,c}", "x:a,2") == "no match");
}

TEST_CASE("uri template: the variables of a query come in any order, each once") {
  for (const char* uri : {"x:a?b=1&c=2&d=3", "x:a?d=3&c=2&b=1", "x:a?c=2&b=1&d=3"}) {
    CAPTURE(uri);
    CHECK(read("x:a{?b,c,d}", uri) == "b=1|c=2|d=3");
  }
  CHECK(read("x:a{?b,c}", "x:a?c=2&b=") == "b=|c=2");
  CHECK(read("x:a?z=0{&b,c}", "x:a?z=0&c=2&b=1") == "b=1|c=2");
  CHECK(read("x:{v}{?b,c}{#d}", "x:0?c=2&b=1#3") == "v=0|b=1|c=2|d=3");
  CHECK(read("x:a{?b,bb}", "x:a?bb=2&b=1") == "b=1|bb=2");
  for (const char* uri : {"x:a?b=1&b=2", "x:a?b=1&c=2&b=1", "x:a?b=1&e=2", "x:a&c=2&b=1",
                          "x:a?c=2?b=1", "x:a?c=2&", "x:a?&c=2", "x:a?c", "x:a?c=2&b", "x:a?=1"}) {
    CAPTURE(uri);
    CHECK(read("x:a{?b,c}", uri) == "no match");
  }
}

TEST_CASE("uri template: the name of a named variable ends where its value begins") {
  CHECK(read("x:a{?b}", "x:a?b1") == "no match");
  CHECK(read("x:a{?b}", "x:a?b") == "no match");
  CHECK(read("x:a{&b}", "x:a&b1") == "no match");
  CHECK(read("x:a{;b}", "x:a;b1") == "no match");
  CHECK(read("x:a{;b}", "x:a;b") == "b=");
  CHECK(read("x:a{?b.c}", "x:a?bXc=1") == "no match");
  CHECK(read("x:a{?b.c}", "x:a?b.c=1") == "b.c=1");
}

TEST_CASE("uri template: percent-encoding is undone once, and what is no text stays as it is") {
  CHECK(read("x:{a}", "x:%41%20b") == "a=A b");
  CHECK(read("x:{a}", "x:%2525") == "a=%25");
  CHECK(read("x:{a}", "x:%2e%2E%2f") == "a=../");
  CHECK(read("x:{a}", "x:%C3%A4") == "a=\xC3\xA4");
  CHECK(read("x:{a}", "x:\xC3\xA4") == "a=\xC3\xA4");
  for (const char* bad : {"%ff", "%C3", "%C3%28", "%ED%A0%80", "%00", "a%00b", "%F8%88%80%80%80"}) {
    CAPTURE(bad);
    CHECK(read("x:{a}", std::string{"x:"} + bad) == std::string{"a="} + bad);
  }
  CHECK(read("x:{+a}", "x:%41%zz%4") == "a=A%zz%4");
  CHECK(read("x:{+a}", "x:%") == "a=%");
}

TEST_CASE("uri template: what is no expression is refused, and said to be") {
  CHECK(refusal("x:{a") == "has a brace without its partner");
  CHECK(refusal("x:a}") == "has a brace without its partner");
  CHECK(refusal("x:{{a}}") == "has an expression that RFC 6570 does not know");
  CHECK(refusal("x:plain") == "has no variable: it is a resource");
  CHECK(refusal("") == "has no variable: it is a resource");
  CHECK(refusal("x:{a}{b}{a}") == "names the variable a twice");
  for (const char* bad : {"{}", "{?}", "{a,}", "{,a}", "{=a}", "{!a}", "{@a}", "{|a}", "{$a}",
                          "{a b}", "{a/b}", "{*}", "{:3}", "{a**}", "{\xC3\xA4}"}) {
    CAPTURE(bad);
    CHECK(refusal(std::string{"x:"} + bad) == "has an expression that RFC 6570 does not know");
  }
}

TEST_CASE("uri template: modifiers say how a value is written, not which there are") {
  CHECK(read("x:{a*}", "x:1") == "a=1");
  CHECK(read("x:{a:3}", "x:123") == "a=123");
  CHECK(read("x:{a:9999}", "x:1") == "a=1");
  for (const char* bad : {"{a:}", "{a:x}", "{a:-1}", "{a:0}", "{a:10000}", "{a:3*}", "{a:3:4}"}) {
    CAPTURE(bad);
    CHECK(refusal(std::string{"x:"} + bad) == "has an expression that RFC 6570 does not know");
  }
}

TEST_CASE("uri template: characters of regular expressions are only characters") {
  CHECK(read("x:a.b+(c)[d]*?|^$\\{v}", "x:a.b+(c)[d]*?|^$\\1") == "v=1");
  CHECK(read("x:a.b{v}", "x:aXb1") == "no match");
  CHECK(read("x:\\Q{v}\\E", "x:\\Q1\\E") == "v=1");
  const std::string with_null{"x:\0{v}", 6};
  CHECK(read(with_null, std::string{"x:\0"
                                    "1",
                                    4}) == "v=1");
}

TEST_CASE("uri template: there are as many variables as are allowed, and not one more") {
  std::string text = "x:";
  for (std::size_t i = 0; i < mcp::UriTemplate::kMaxVariables; ++i) {
    text.append("/{v" + std::to_string(i) + "}");
  }
  const auto compiled = mcp::UriTemplate::compile(text);
  REQUIRE(compiled.has_value());
  CHECK(compiled->variables().size() == mcp::UriTemplate::kMaxVariables);
  CHECK(compiled->variables().back() == "v31");
  CHECK(compiled->literal_size() == 2 + 32);
  CHECK(refusal(text + "{more}") == "has too many variables");
  CHECK(refusal("x:{a}" + std::string(1 << 20, 'x')) == "is too large");
}

// A matcher that goes back needs quadratic time here at least; the bound is far beyond noise.
TEST_CASE("uri template: a long URI takes time in proportion to its length") {
  for (const char* text : {"x:{+a}{+b}{+c}{+d}!", "x:{a}{b}{c}{d}{e}{f}!", "x:{/a,b,c}{?d,e}!",
                           "x:{+a}/{+b}/{+c}/{+d}/!"}) {
    CAPTURE(text);
    const auto compiled = mcp::UriTemplate::compile(text);
    REQUIRE(compiled.has_value());
    time_of_match(*compiled, "x:" + std::string(1000, 'a'));
    auto small = std::chrono::nanoseconds::max();
    auto large = std::chrono::nanoseconds::max();
    for (int i = 0; i < 5; ++i) {
      small = std::min(small, time_of_match(*compiled, "x:" + std::string(20'000, 'a')));
      large = std::min(large, time_of_match(*compiled, "x:" + std::string(640'000, 'a')));
    }
    CHECK(large.count() < small.count() * 32 * 8 + 10'000'000);
  }
}
