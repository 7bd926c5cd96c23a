// SPDX-License-Identifier: Apache-2.0
// The one path of the listener for metrics: GET and HEAD, with the key where there is one. What is
// told holds no secret, but it says what goes on here.
#pragma once

#include "base/secret.hpp"
#include "transport/host_rules.hpp"
#include "transport/http_connection.hpp"

#include <functional>
#include <optional>
#include <string>

namespace toolpost::transport {

class MetricsEndpoint final : public HttpEndpoint {
 public:
  static constexpr std::string_view kPath = "/metrics";

  // `page` is made anew for every request, and must not block. With a `key` clients have to send it
  // as a bearer token.
  MetricsEndpoint(HostRules rules, std::optional<Secret> key, std::function<std::string()> page)
      : rules_(std::move(rules)), key_(std::move(key)), page_(std::move(page)) {}

  std::optional<Rejection> admit(HttpHead& head, const Peer& peer) override;
  void handle(const std::shared_ptr<HttpConnection>& connection, HttpHead head,
              std::string body) override;

 private:
  bool is_welcome(const HttpHead& head) const;

  HostRules rules_;
  std::optional<Secret> key_;
  std::function<std::string()> page_;
};

}  // namespace toolpost::transport
