// SPDX-License-Identifier: Apache-2.0
// What is kept of a child's output, and how it is cut into lines.
#include "bounded_output.hpp"
#include "line_splitter.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace toolpost::sdk::test {
namespace {

CapturedOutput capture(std::size_t limit, const std::vector<std::string>& pieces) {
  detail::BoundedOutput output(limit);
  for (const std::string& piece : pieces) output.append(piece);
  return output.take();
}

std::vector<std::string> lines_of(const std::vector<std::string>& pieces) {
  std::vector<std::string> lines;
  const detail::LineSplitter::Consumer consumer = [&](Stream, std::string_view line) {
    lines.emplace_back(line);
  };
  detail::LineSplitter splitter(consumer, Stream::kOut);
  for (const std::string& piece : pieces) splitter.append(piece);
  splitter.finish();
  return lines;
}

}  // namespace

TEST_CASE("output: what fits is kept as it is") {
  const CapturedOutput output = capture(10, {"01234", "56789"});
  CHECK(output.text == "0123456789");
  CHECK(output.size == 10);
  CHECK_FALSE(output.is_truncated);
}

TEST_CASE("output: head and tail stay, in whatever pieces it came") {
  const std::string expected = "01234\n[... 16 bytes left out ...]\nvwxyz";
  const std::string all = "0123456789abcdefghijklvwxyz";
  REQUIRE(all.size() == 27);
  const std::string shorter = all.substr(0, 5) + all.substr(6);
  CHECK(capture(10, {shorter}).text == expected);
  std::vector<std::string> bytes;
  for (const char byte : shorter) bytes.emplace_back(1, byte);
  CHECK(capture(10, bytes).text == expected);
  CHECK(capture(10, {shorter}).is_truncated);
}

TEST_CASE("output: a limit of nothing keeps nothing") {
  const CapturedOutput output = capture(0, {"abc"});
  CHECK(output.text == "\n[... 3 bytes left out ...]\n");
}

TEST_CASE("lines: ends, pieces, and one without an end") {
  CHECK(lines_of({"a\nb", "c\r\n", "\n", "d"}) == std::vector<std::string>{"a", "bc", "", "d"});
  CHECK(lines_of({}).empty());
  CHECK(lines_of({"a\n"}) == std::vector<std::string>{"a"});
}

TEST_CASE("lines: a line without end comes in pieces of bounded size") {
  const std::size_t limit = detail::LineSplitter::kMaxLine;
  const auto lines = lines_of({std::string(limit * 2 + 1, 'x')});
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].size() == limit);
  CHECK(lines[2] == "x");
}

}  // namespace toolpost::sdk::test
