// SPDX-License-Identifier: Apache-2.0
#include "documents/paging.hpp"

#include "documents/file_text.hpp"

#include <doctest/doctest.h>

namespace toolpost::project_index {

namespace {

sdk::Json page_of(int count, Page page, std::size_t max_bytes = 100'000) {
  BoundedList list(page, max_bytes);
  for (int at = 0; at < count; ++at) list.add(at);
  sdk::Json out = sdk::Json::object();
  std::move(list).finish(out, "list");
  return out;
}

}  // namespace

TEST_CASE("page: a whole list says only that nothing is missing") {
  CHECK(page_of(2, {0, 2}).dump() == R"({"list":[0,1],"is_cut":false})");
  CHECK(page_of(0, {0, 2}).dump() == R"({"list":[],"is_cut":false})");
  CHECK(page_of(2, {7, 2}).dump() == R"({"list":[],"is_cut":false})");
}

TEST_CASE("page: each page goes on where the one before ended, and no element is lost") {
  CHECK(page_of(5, {0, 2}).dump() ==
        R"({"list":[0,1],"is_cut":true,"cut_by":"limit","next_skip":2})");
  CHECK(page_of(5, {2, 2}).dump() ==
        R"({"list":[2,3],"is_cut":true,"cut_by":"limit","next_skip":4})");
  CHECK(page_of(5, {4, 2}).dump() == R"({"list":[4],"is_cut":false})");
}

TEST_CASE("page: bytes end it as well, but never before the first element") {
  CHECK(page_of(9, {0, 9}, 4).dump() ==
        R"({"list":[0,1],"is_cut":true,"cut_by":"max_result_bytes","next_skip":2})");
  CHECK(page_of(3, {1, 9}, 0).dump() ==
        R"({"list":[1],"is_cut":true,"cut_by":"max_result_bytes","next_skip":2})");
}

TEST_CASE("lines: a range, whole lines, counted from 1") {
  const std::string text = "one\ntwo\nthree";
  const TextPage all = lines_of(text, {}, 100);
  CHECK(all.text == "one\ntwo\nthree\n");
  CHECK(all.line_count == 3);
  CHECK(all.last_line == 3);
  CHECK(all.cut_by.empty());
  CHECK(lines_of(text, {2, 2}, 100).text == "two\n");
  CHECK(lines_of(text, {3, 99}, 100).text == "three\n");
}

TEST_CASE("lines: behind the end there are none, and the page says where the end is") {
  const TextPage behind = lines_of("one\n", {5, 0}, 100);
  CHECK(behind.text.empty());
  CHECK(behind.first_line == 5);
  CHECK(behind.last_line == 4);
  CHECK(behind.line_count == 1);
  CHECK(lines_of("", {}, 100).line_count == 0);
}

TEST_CASE("lines: a page ends with a whole line, and a line longer than a page is cut") {
  const TextPage page = lines_of("one\ntwo\nthree\n", {}, 8);
  CHECK(page.text == "one\ntwo\n");
  CHECK(page.last_line == 2);
  CHECK(page.cut_by == "max_result_bytes");
  const TextPage longer = lines_of("0123456789\nb\n", {}, 4);
  CHECK(longer.text == "0123");
  CHECK(longer.last_line == 1);
  CHECK(longer.cut_by == "max_result_bytes");
}

}  // namespace toolpost::project_index
