// SPDX-License-Identifier: Apache-2.0
// What uv wrote, made fit to be read.
#include "output.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using toolpost::uv_package::cleaned_line;
using toolpost::uv_package::cleaned_output;
using toolpost::uv_package::without_credentials;

constexpr std::size_t kPlenty = 10000;

}  // namespace

TEST_CASE("output: colours, titles and links of a terminal are taken out") {
  CHECK(cleaned_output("\x1b[1m\x1b[31merror\x1b[0m: no", kPlenty) == "error: no");
  CHECK(cleaned_output("\x1b]0;title\x07text", kPlenty) == "text");
  CHECK(cleaned_output("\x1b]8;;http://x.example\x1b\\link\x1b]8;;\x1b\\", kPlenty) == "link");
  CHECK(cleaned_output("cut off \x1b[3", kPlenty) == "cut off");
  CHECK(cleaned_output("\x1b", kPlenty).empty());
}

TEST_CASE("output: what a carriage return would have overwritten is gone") {
  CHECK(cleaned_output("10%\r50%\r100%\ndone\r\n", kPlenty) == "100%\ndone");
}

TEST_CASE("output: control, direction and invisible characters are spelled out") {
  CHECK(cleaned_output("a\x01"
                       "b\x7f",
                       kPlenty) == "a\\x01b\\x7f");
  CHECK(cleaned_output("a\xc2\x9b"
                       "b",
                       kPlenty) == "a\\x9bb");
  CHECK(cleaned_output("a\xe2\x80\xae"
                       "b",
                       kPlenty) == "a\\u{0202e}b");
  CHECK(cleaned_output("a\xe2\x80\x8b"
                       "b",
                       kPlenty) == "a\\u{0200b}b");
  CHECK(cleaned_output("tab\tand line\nstay", kPlenty) == "tab\tand line\nstay");
}

TEST_CASE("output: what is not UTF-8 is spelled out, what is stays") {
  CHECK(cleaned_output("\xff", kPlenty) == "\\xff");
  CHECK(cleaned_output("\xc3", kPlenty) == "\\xc3");
  CHECK(cleaned_output("\xc0\xaf", kPlenty) == "\\xc0\\xaf");
  CHECK(cleaned_output("\xed\xa0\x80", kPlenty) == "\\xed\\xa0\\x80");
  CHECK(cleaned_output("caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x90\x8d", kPlenty) ==
        "caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x90\x8d");
}

TEST_CASE("output: credentials in URLs are replaced") {
  CHECK(without_credentials("at https://user:secret@packages.example/simple") ==
        "at https://***@packages.example/simple");
  CHECK(without_credentials("https://token@packages.example") == "https://***@packages.example");
  CHECK(without_credentials("https://u:p@a.example https://u:p@b.example") ==
        "https://***@a.example https://***@b.example");
  CHECK(without_credentials("https://u:p@ss@a.example/x") == "https://***@a.example/x");
  CHECK(without_credentials("https://a.example/x@y") == "https://a.example/x@y");
  CHECK(without_credentials("no url, user@host") == "no url, user@host");
}

TEST_CASE("output: colours inside a URL do not hide its credentials") {
  CHECK(cleaned_output("https://user:\x1b[1msecret\x1b[0m@packages.example/", kPlenty) ==
        "https://***@packages.example/");
}

TEST_CASE("output: the middle is left out, start and end are kept") {
  const std::string text = "start" + std::string(5000, 'x') + "end";
  const std::string short_text = cleaned_output(text, 1000);
  CHECK(short_text.size() < 1100);
  CHECK(short_text.rfind("start", 0) == 0);
  CHECK(short_text.substr(short_text.size() - 3) == "end");
  CHECK(short_text.find("4008 bytes left out") != std::string::npos);
}

TEST_CASE("output: a cut does not split a character") {
  std::string text;
  while (text.size() < 3000) text += "\xe2\x82\xac";
  for (std::size_t limit = 1000; limit < 1010; ++limit) {
    const std::string cut = cleaned_output(text, limit);
    CHECK(cleaned_output(cut, kPlenty) == cut);  // it would spell out a broken character
  }
}

TEST_CASE("line: one line, short, without blanks around it") {
  CHECK(cleaned_line("  Resolved 3 packages\r\n") == "Resolved 3 packages");
  CHECK(cleaned_line("a\nb") == "a b");
  CHECK(cleaned_line(std::string(1000, 'x')).size() == 200);
}
