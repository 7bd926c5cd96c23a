// SPDX-License-Identifier: Apache-2.0
// Whom a trusted proxy speaks for: Forwarded (RFC 7239), X-Forwarded-For and X-Real-IP.
#pragma once

#include "base/error.hpp"
#include "transport/address_range.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace toolpost::transport {

// The values as they came, several of one name joined by commas; empty: the header is absent.
struct ForwardingHeaders {
  std::string forwarded;
  std::string x_forwarded_for;
  std::string x_real_ip;
};

// The client behind `proxy`, which must be trusted: the right-most address that is not a trusted
// proxy itself. What stands further left is the client's own word and is not read. A header that
// names trusted proxies only says nothing; without any that says something the client is the
// left-most proxy. Headers that name different clients are an error, because a proxy that writes
// one of them may let another one pass that the client made up.
Result<boost::asio::ip::address> forwarded_client(const boost::asio::ip::address& proxy,
                                                  const ForwardingHeaders& headers,
                                                  const AddressRanges& trusted);

}  // namespace toolpost::transport
