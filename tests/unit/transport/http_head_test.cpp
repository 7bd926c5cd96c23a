// SPDX-License-Identifier: Apache-2.0
#include "transport/http_head.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

// The status of the rejection, 0 for a head that passes, -1 for one that Beast refuses itself.
int verdict(std::string raw) {
  transport::RequestParser request;
  transport::RequestParser::Parser& parser = *request;
  parser.body_limit(boost::none);
  boost::system::error_code ec;
  parser.put(boost::asio::buffer(raw), ec);
  if (ec && ec != boost::beast::http::error::need_more) return -1;
  const auto rejection = transport::check_head(raw, parser.get().base(), {});
  return rejection ? rejection->status : 0;
}

std::string post(const std::string& headers) {
  return "POST /mcp HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

}  // namespace

TEST_CASE("http head: ordinary requests pass") {
  CHECK(verdict(post("Content-Length: 4\r\n")) == 0);
  CHECK(verdict(post("Transfer-Encoding: chunked\r\n")) == 0);
  CHECK(verdict("GET /mcp?x=1 HTTP/1.0\r\n\r\n") == 0);
}

TEST_CASE("http head: shapes on which two servers may disagree are refused") {
  CHECK(verdict(post("Transfer-Encoding: xchunked\r\n")) == 501);
  CHECK(verdict(post("Transfer-Encoding: chunked, identity\r\n")) == 501);
  CHECK(verdict(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")) != 0);
  CHECK(verdict(post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n")) != 0);
  CHECK(verdict("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") != 0);
  CHECK(verdict(post("Content-Length: 4, 4\r\n")) == 400);
  CHECK(verdict(post("Content-Length: +4\r\n")) != 0);
  CHECK(verdict(post("Content-Length: 4\r\nContent-Length: 4\r\n")) != 0);
  CHECK(verdict(post("Host: other\r\n")) == 400);
  CHECK(verdict(post("Mcp-Name: a\r\nmcp-name: b\r\n")) == 400);
  CHECK(verdict(post("Mcp-Param-X: a\r\nMcp-Param-X: a\r\n")) == 400);
  CHECK(verdict(post("Origin: a\r\nOrigin: a\r\n")) == 400);
  CHECK(verdict(post("X: a\r\n b\r\n")) == 400);
  CHECK(verdict(post("Transfer-Encoding:\r\n chunked\r\n")) != 0);
  CHECK(verdict("POST /mcp HTTP/1.1\r\n\r\n") == 400);
  CHECK(verdict("POST http://localhost/mcp HTTP/1.1\r\nHost: localhost\r\n\r\n") == 400);
  CHECK(verdict("post /mcp HTTP/1.1\r\nHost: localhost\r\n\r\n") == 400);
  CHECK(verdict("POST /mcp HTTP/1.1\nHost: localhost\n\n") != 0);
}

TEST_CASE("http head: sizes are bounded") {
  std::string many;
  for (int i = 0; i < 70; ++i) many += "X" + std::to_string(i) + ": y\r\n";
  CHECK(verdict(post(many)) == 431);
  CHECK(verdict("GET /" + std::string(3000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n") == 414);
  CHECK(verdict(post("Content-Length: 99999999\r\n")) == 413);
}

TEST_CASE("http head: Accept is read as RFC 9110 says") {
  CHECK(transport::accepts("", "application/json"));
  CHECK(transport::accepts("*/*", "application/json"));
  CHECK(transport::accepts("text/html, Application/JSON;q=0.5", "application/json"));
  CHECK(transport::accepts("text/*", "text/event-stream"));
  CHECK_FALSE(transport::accepts("text/html", "application/json"));
  CHECK_FALSE(transport::accepts("application/json;q=0", "application/json"));
}
