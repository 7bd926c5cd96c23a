// SPDX-License-Identifier: Apache-2.0
#include "control_place.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

TEST_CASE("control place: a name says host and process, and no other name does") {
  CHECK(control_name("box", 42) == "box-42.sock");
  CHECK(process_of("box-42.sock", "box") == 42);
  CHECK(process_of(control_name("box-7", 42), "box-7") == 42);
  for (const std::string_view name :
       {"box-7-42.sock", "box-.sock", "box-0.sock", "box--1.sock", "box-42", "box42.sock",
        "other-42.sock", ".sock", "box-42x.sock", "box-99999999999.sock"}) {
    CHECK_MESSAGE(process_of(name, "box") == 0, name);
  }
}
