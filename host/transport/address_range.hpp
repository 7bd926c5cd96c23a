// SPDX-License-Identifier: Apache-2.0
// Ranges of IP addresses in CIDR notation (RFC 4632, RFC 4291), both families.
#pragma once

#include "base/error.hpp"

#include <boost/asio/ip/address.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::transport {

// An IPv4 address that came in the clothes of IPv6 (::ffff:1.2.3.4) is that IPv4 address.
boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

// What one client can be counted by: the address, of IPv6 its /64, which one site has to itself and
// can take any address of.
boost::asio::ip::address site_of(const boost::asio::ip::address& address);

class AddressRanges {
 public:
  AddressRanges() = default;

  // Entries such as "10.0.0.0/8", "fd00::/8" or one address. Bits beyond the prefix must be zero:
  // else the entry says something else than it seems to. A range of all addresses is refused:
  // whoever is trusted may say who the client is.
  static Result<AddressRanges> parse(const std::vector<std::string>& entries);

  bool empty() const noexcept { return ranges_.empty(); }

  bool contains(const boost::asio::ip::address& address) const;

 private:
  struct Range {
    boost::asio::ip::address base;
    unsigned prefix_bits;
  };

  static Result<Range> parse_one(std::string_view entry);

  std::vector<Range> ranges_;
};

}  // namespace toolpost::transport
