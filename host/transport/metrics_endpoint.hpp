// SPDX-License-Identifier: Apache-2.0
// The one path of the listener for metrics: GET and HEAD, with the key where there is one. What is
// told holds no secret, but it says what goes on here.
#pragma once

#include "base/secret.hpp"
#include "transport/admission.hpp"
#include "transport/host_rules.hpp"
#include "transport/http_connection.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::transport {

class MetricsEndpoint final : public HttpEndpoint {
 public:
  static constexpr std::string_view kPath = "/metrics";

  // `page` is made anew for every request, and must not block. With a `key` clients have to send it
  // as a bearer token; what they send else costs them as much as at the door of the clients.
  MetricsEndpoint(HostRules rules, std::optional<Secret> key, Admission& admission,
                  std::function<std::string()> page)
      : rules_(std::move(rules)),
        key_(std::move(key)),
        admission_(admission),
        page_(std::move(page)) {}

  std::optional<Rejection> admit(HttpHead& head, const Peer& peer) override;
  void handle(const std::shared_ptr<HttpConnection>& connection, HttpHead head,
              std::string body) override;

 private:
  // Why the key of a request does not open; nothing when it does.
  std::optional<std::string_view> refusal(const HttpHead& head) const;
  Rejection refuse(const Peer& peer, std::string_view reason);

  HostRules rules_;
  std::optional<Secret> key_;
  Admission& admission_;
  std::function<std::string()> page_;
};

}  // namespace toolpost::transport
