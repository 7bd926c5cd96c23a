// SPDX-License-Identifier: Apache-2.0
#include "transport/forwarded.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using transport::ForwardingHeaders;

namespace {

// The client's address, or "400".
std::string client(const ForwardingHeaders& headers, std::string_view proxy = "10.0.0.1") {
  const auto trusted = transport::AddressRanges::parse({"10.0.0.0/8", "fd00::/8", "127.0.0.1"});
  REQUIRE(trusted.has_value());
  const auto found = transport::forwarded_client(boost::asio::ip::make_address(std::string{proxy}),
                                                 headers, *trusted);
  return found ? found->to_string() : "400";
}

std::string by_list(std::string list) {
  return client({.forwarded = {}, .x_forwarded_for = std::move(list), .x_real_ip = {}});
}

std::string by_forwarded(std::string list) {
  return client({.forwarded = std::move(list), .x_forwarded_for = {}, .x_real_ip = {}});
}

}  // namespace

TEST_CASE("forwarded: the right-most address that is no trusted proxy is the client") {
  CHECK(by_list("203.0.113.7") == "203.0.113.7");
  CHECK(by_list("1.1.1.1, 203.0.113.7, 10.9.9.9") == "203.0.113.7");
  CHECK(by_list("203.0.113.7:4711") == "203.0.113.7");
  CHECK(by_list("2001:db8::1") == "2001:db8::1");
  CHECK(by_list("[2001:db8::1]:80") == "2001:db8::1");
  CHECK(by_list("::ffff:203.0.113.7") == "203.0.113.7");
  CHECK(by_list("2001:db8::1, fd00::2") == "2001:db8::1");
  CHECK(by_list("10.1.1.1, 10.2.2.2") == "10.1.1.1");
  CHECK(client({}) == "10.0.0.1");
  CHECK(client({}, "::ffff:10.0.0.1") == "10.0.0.1");
}

TEST_CASE("forwarded: what the client wrote further left is not read") {
  CHECK(by_list("<script>, 203.0.113.7") == "203.0.113.7");
  CHECK(by_list("unknown, 203.0.113.7, 10.0.0.2") == "203.0.113.7");
  CHECK(by_forwarded("for=_hidden, for=203.0.113.7") == "203.0.113.7");
}

TEST_CASE("forwarded: RFC 7239 is read with its quotes") {
  CHECK(by_forwarded("for=203.0.113.7") == "203.0.113.7");
  CHECK(by_forwarded("For=\"203.0.113.7:47011\" ; proto=https;by=10.0.0.1") == "203.0.113.7");
  CHECK(by_forwarded("for=\"[2001:db8::1]:4711\"") == "2001:db8::1");
  CHECK(by_forwarded("for=\"[2001:db8::1]\", for=10.0.0.3") == "2001:db8::1");
  CHECK(by_forwarded("for=1.1.1.1;ext=\"a,b;c\\\"d\", for=203.0.113.7") == "203.0.113.7");
  CHECK(by_forwarded("for=\"203.0.113\\.7\"") == "203.0.113.7");
}

TEST_CASE("forwarded: what is no address is refused") {
  for (const char* list : {"", "unknown", "203.0.113", "203.0.113.7,", "203.0.113.7:", "1.2.3.4:x",
                           "[2001:db8::1", "[2001:db8::1]x", "[1.2.3.4]", "fe80::1%eth0",
                           "a.example", "203.0.113.7 1.1.1.1", "0x7f.1", "1.2.3.4:123456"}) {
    CAPTURE(list);
    if (*list != '\0') CHECK(by_list(list) == "400");
  }
  for (const char* list :
       {"for", "for=", "for=\"1.2.3.4", "for=\"\", for=1", "for=1.2.3.4;", "for=1.2.3.4,",
        "for=1.2.3.4;for=1.2.3.5", "for=1.2.3.4 x", "=1.2.3.4",
        // Opened by the client, so that the proxy's own element would be part of its text.
        "for=\"evil, for=203.0.113.7"}) {
    CAPTURE(list);
    CHECK(by_forwarded(list) == "400");
  }
}

TEST_CASE("forwarded: a hop that hides its client counts as the proxy that says so") {
  for (const char* list : {"for=unknown", "for=Unknown", "for=_hidden", "proto=https",
                           "for=203.0.113.7, for=_hidden", "for=203.0.113.7, proto=https"}) {
    CAPTURE(list);
    CHECK(by_forwarded(list) == "10.0.0.1");
  }
  CHECK(by_forwarded("for=unknown, for=10.0.0.9") == "10.0.0.9");
}

TEST_CASE("forwarded: headers that name different clients are refused") {
  CHECK(client({.forwarded = "for=1.1.1.1", .x_forwarded_for = "203.0.113.7", .x_real_ip = {}}) ==
        "400");
  CHECK(client({.forwarded = {}, .x_forwarded_for = "1.1.1.1", .x_real_ip = "203.0.113.7"}) ==
        "400");
  CHECK(client({.forwarded = "for=203.0.113.7",
                .x_forwarded_for = "1.1.1.1, 203.0.113.7",
                .x_real_ip = "203.0.113.7"}) == "203.0.113.7");
  // The inner of two proxies names the outer one.
  CHECK(client({.forwarded = {},
                .x_forwarded_for = "203.0.113.7, 10.0.0.9",
                .x_real_ip = "10.0.0.9"}) == "203.0.113.7");
  CHECK(client({.forwarded = {}, .x_forwarded_for = {}, .x_real_ip = "203.0.113.7"}) ==
        "203.0.113.7");
  CHECK(client({.forwarded = {}, .x_forwarded_for = {}, .x_real_ip = "1.1.1.1, 2.2.2.2"}) ==
        "2.2.2.2");
}

TEST_CASE("address ranges: prefixes of both families") {
  const auto ranges =
      transport::AddressRanges::parse({"10.1.0.0/16", "192.0.2.128/25", "2001:db8::/33", "::1"});
  REQUIRE(ranges.has_value());
  const auto has = [&](const char* text) {
    return ranges->contains(boost::asio::ip::make_address(text));
  };
  for (const char* inside : {"10.1.0.0", "10.1.255.255", "192.0.2.128", "192.0.2.255",
                             "2001:db8:7fff::1", "::1", "::ffff:10.1.2.3"}) {
    CAPTURE(inside);
    CHECK(has(inside));
  }
  for (const char* outside :
       {"10.2.0.0", "10.0.255.255", "192.0.2.127", "2001:db8:8000::", "::2", "127.0.0.1"}) {
    CAPTURE(outside);
    CHECK_FALSE(has(outside));
  }
  CHECK_FALSE(transport::AddressRanges{}.contains(boost::asio::ip::make_address("::1")));
}

TEST_CASE("address ranges: a range of mapped addresses is one of IPv4") {
  const auto ranges = transport::AddressRanges::parse({"::ffff:10.0.0.0/104"});
  REQUIRE(ranges.has_value());
  CHECK(ranges->contains(boost::asio::ip::make_address("10.255.0.1")));
  CHECK(ranges->contains(boost::asio::ip::make_address("::ffff:10.255.0.1")));
  CHECK_FALSE(ranges->contains(boost::asio::ip::make_address("11.0.0.1")));
}

TEST_CASE("site: an IPv4 address, the /64 of an IPv6 address") {
  const auto site = [](const char* text) {
    return transport::site_of(boost::asio::ip::make_address(text)).to_string();
  };
  CHECK(site("192.0.2.1") == "192.0.2.1");
  CHECK(site("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(site("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::");
  CHECK(site("2001:db8:1:2::1") == site("2001:db8:1:2:ffff::1"));
  CHECK(site("2001:db8:1:2::1") != site("2001:db8:1:3::1"));
}

TEST_CASE("address ranges: an entry that means something else than it says is an error") {
  for (const char* wrong : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0",
                            "example.org", "2001:db8::1/64", "2001:db8::/129", "", "/8",
                            "1.2.3.4/-1", "0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96"}) {
    CAPTURE(wrong);
    CHECK(transport::AddressRanges::parse({wrong}).has_error());
  }
}
