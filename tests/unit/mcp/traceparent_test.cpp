// SPDX-License-Identifier: Apache-2.0
#include "mcp/traceparent.hpp"

#include <doctest/doctest.h>

#include <string>

namespace toolpost::mcp {
namespace {

constexpr std::string_view kWhole = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST_CASE("traceparent: a whole one is taken as it is") {
  CHECK(read_traceparent(kWhole) == kWhole);
}

TEST_CASE("traceparent: what a later version appends is left out") {
  const std::string later = "cc" + std::string{kWhole.substr(2)};
  CHECK(read_traceparent(later) == later);
  CHECK(read_traceparent(later + "-what-the-future-will-be-like") == later);
  CHECK(read_traceparent(later + ".what-the-future-will-be-like").empty());
}

TEST_CASE("traceparent: other text is none") {
  const std::string whole{kWhole};
  CHECK(read_traceparent("").empty());
  CHECK(read_traceparent(whole.substr(0, 54)).empty());
  CHECK(read_traceparent(whole + "-more").empty());
  CHECK(read_traceparent("ff" + whole.substr(2)).empty());
  CHECK(read_traceparent("00-00000000000000000000000000000000-00f067aa0ba902b7-01").empty());
  CHECK(read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01").empty());
  CHECK(read_traceparent(std::string(55, '-')).empty());
  CHECK(read_traceparent(std::string(55, '1')).empty());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string other = whole;
    other[at] = 'G';
    CAPTURE(at);
    CHECK(read_traceparent(other).empty());
  }
}

}  // namespace
}  // namespace toolpost::mcp
