// SPDX-License-Identifier: Apache-2.0
// Which Host and Origin a request may name. Keeps web pages from reaching a local server through
// a name of their own that they point at 127.0.0.1 (DNS rebinding).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::transport {

class HostRules {
 public:
  // Bound to loopback only localhost names pass; elsewhere `allowed_hosts` is asked when it is not
  // empty. Entries are host names or host:port, origins are scheme://host[:port].
  HostRules(bool loopback, std::vector<std::string> allowed_hosts,
            std::vector<std::string> allowed_origins);

  bool allows_host(std::string_view host) const;
  bool allows_origin(std::string_view origin) const;

 private:
  bool loopback_;
  std::vector<std::string> hosts_;
  std::vector<std::string> origins_;
};

// localhost, 127.0.0.0/8 or [::1], with any port or none.
bool is_loopback_authority(std::string_view authority);

}  // namespace toolpost::transport
