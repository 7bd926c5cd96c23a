// SPDX-License-Identifier: Apache-2.0
// Paths that load balancers and supervisors ask: GET and HEAD, without a credential, under any
// Host, since whoever probes often knows an address only. Pages of foreign origins get nothing.
#pragma once

#include "transport/host_rules.hpp"
#include "transport/http_connection.hpp"

#include <functional>
#include <map>
#include <string>

namespace toolpost::transport {

class ProbeEndpoint final : public HttpEndpoint {
 public:
  struct Answer {
    int status = 200;
    std::string json;
  };

  // Must not block.
  using Probe = std::function<Answer()>;

  explicit ProbeEndpoint(HostRules rules) : rules_(std::move(rules)) {}

  void add(std::string path, Probe probe) {
    probes_.insert_or_assign(std::move(path), std::move(probe));
  }

  std::optional<Rejection> admit(HttpHead& head, const Peer& peer) override;
  void handle(const std::shared_ptr<HttpConnection>& connection, HttpHead head,
              std::string body) override;

 private:
  HostRules rules_;
  std::map<std::string, Probe, std::less<>> probes_;
};

}  // namespace toolpost::transport
