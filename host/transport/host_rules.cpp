// SPDX-License-Identifier: Apache-2.0
#include "transport/host_rules.hpp"

#include "transport/field_value.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace toolpost::transport {
namespace {

// The name of "name", "name:port", "[v6]" or "[v6]:port"; empty when it is none of them.
std::string_view host_of(std::string_view authority) {
  const std::size_t bracket = authority.find(']');
  const std::size_t colon =
      bracket == std::string_view::npos ? authority.rfind(':') : authority.find(':', bracket);
  if (colon == std::string_view::npos) return authority;
  return is_port(authority.substr(colon + 1)) ? authority.substr(0, colon) : std::string_view{};
}

bool same(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

}  // namespace

HostRules::HostRules(bool loopback, std::vector<std::string> allowed_hosts,
                     std::vector<std::string> allowed_origins)
    : loopback_(loopback), hosts_(std::move(allowed_hosts)), origins_(std::move(allowed_origins)) {}

bool is_loopback_authority(std::string_view authority) {
  std::string_view name = host_of(authority);
  if (same(name, "localhost")) return true;
  if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
    name = name.substr(1, name.size() - 2);
  }
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(std::string{name}, ec);
  return !ec && address.is_loopback();
}

bool HostRules::allows_host(std::string_view host) const {
  if (loopback_) return is_loopback_authority(host);
  if (hosts_.empty()) return true;
  return std::any_of(hosts_.begin(), hosts_.end(), [&](const std::string& allowed) {
    return same(allowed, host) || same(allowed, host_of(host));
  });
}

bool HostRules::allows_origin(std::string_view origin) const {
  const bool listed =
      std::any_of(origins_.begin(), origins_.end(),
                  [&](const std::string& allowed) { return same(allowed, origin); });
  if (listed) return true;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) {
      return loopback_ && is_loopback_authority(origin.substr(scheme.size()));
    }
  }
  return false;
}

}  // namespace toolpost::transport
