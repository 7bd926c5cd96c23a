// SPDX-License-Identifier: Apache-2.0
#include "ops/doctor.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using ops::Finding;

TEST_CASE("doctor: versions compare by number") {
  CHECK(ops::is_at_least("0.11.15", "0.11.15"));
  CHECK(ops::is_at_least("0.12.0", "0.11.15"));
  CHECK(ops::is_at_least("1.0", "0.11.15"));
  CHECK_FALSE(ops::is_at_least("0.11.9", "0.11.15"));
  CHECK_FALSE(ops::is_at_least("nonsense", "0.11.15"));
  CHECK_FALSE(ops::is_at_least("", "0.11.15"));
}

TEST_CASE("doctor: what is missing is named") {
  CHECK(ops::check_uv("", "/nonexistent:relative").state == Finding::State::kFault);
  CHECK(ops::check_uv("/nonexistent/uv", "").text.find("/nonexistent/uv") != std::string::npos);
  // A program that is not uv.
  CHECK(ops::check_uv("/bin/true", "").id == "uv.version");
  CHECK(ops::check_directory("d", "/nonexistent", false).state == Finding::State::kFault);
  CHECK(ops::check_directory("d", "/bin/true", false).text.find("not a directory") !=
        std::string::npos);
  CHECK_FALSE(ops::check_directory("d", "/nonexistent", false).remedy.empty());
  CHECK_FALSE(ops::check_uv("", "/nonexistent").remedy.empty());
  CHECK(ops::check_directory("d", "/", false).state == Finding::State::kOk);
}
