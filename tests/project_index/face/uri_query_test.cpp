// SPDX-License-Identifier: Apache-2.0
#include "resources/uri_query.hpp"

#include "documents/search_document.hpp"

#include <doctest/doctest.h>

namespace toolpost::project_index {

TEST_CASE("uri: what is made is what is taken apart") {
  const std::string path = "a b/c&d=e?f#g%2F\xc3\xa9.c";
  const std::string uri = make_uri("codebase://file", {{"path", path}, {"project", "sub"}});
  CHECK(uri.find(' ') == std::string::npos);
  const UriQuery query = parse_uri(uri);
  CHECK(query.base == "codebase://file");
  CHECK(query.value("path") == path);
  CHECK(query.value("project") == "sub");
  CHECK(query.value("none").empty());
}

TEST_CASE("uri: empty values are left out, and malformed ones stand for themselves") {
  CHECK(make_uri("project://index", {{"project", ""}}) == "project://index");
  CHECK(parse_uri("project://index").values.empty());
  CHECK(parse_uri("x://y?a").value("a").empty());
  CHECK(parse_uri("x://y?a=%zz%4").value("a") == "%zz%4");
  CHECK(parse_uri("x://y?a=1&a=2").value("a") == "1");
}

TEST_CASE("uri: a percent sign is decoded once") {
  CHECK(parse_uri("x://y?path=%252e%252e").value("path") == "%2e%2e");
}

TEST_CASE("extensions: a list becomes globs") {
  CHECK(globs_of_extensions("").empty());
  CHECK(globs_of_extensions("py") == std::vector<std::string>{"*.py"});
  CHECK(globs_of_extensions(".py, ts,*.tsx,,") ==
        std::vector<std::string>{"*.py", "*.ts", "*.tsx"});
}

}  // namespace toolpost::project_index
