// SPDX-License-Identifier: Apache-2.0
#include "transport/metrics_endpoint.hpp"

#include <openssl/crypto.h>

namespace toolpost::transport {
namespace {

constexpr std::string_view kText = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

std::optional<std::string_view> MetricsEndpoint::refusal(const HttpHead& head) const {
  if (!key_) return std::nullopt;
  const Presented presented = presented_key(head);
  if (presented.both) return Admission::kBoth;
  if (!presented.tried) return Admission::kMissing;
  const std::string_view wanted = key_->reveal();
  const bool fits = presented.key && presented.key->size() == wanted.size() &&
                    CRYPTO_memcmp(presented.key->data(), wanted.data(), wanted.size()) == 0;
  if (!fits) return Admission::kWrong;
  return std::nullopt;
}

Rejection MetricsEndpoint::refuse(const Peer& peer, std::string_view reason) {
  const auto wait = admission_.refused(peer, reason);
  if (wait.count() == 0) {
    return {.status = 401,
            .reason = "a valid key is required",
            .headers = "WWW-Authenticate: Bearer realm=\"toolpost metrics\"\r\n",
            .body = {}};
  }
  return {.status = 429,
          .reason = "too many failed attempts from this address",
          .headers = retry_after(wait),
          .body = {}};
}

std::optional<Rejection> MetricsEndpoint::admit(HttpHead& head, const Peer& peer) {
  const auto refused = refusal(head);
  head.authorization.reset();
  head.api_key.reset();
  if (!rules_.allows_host(head.host)) return Rejection{403, "the Host is not allowed"};
  if (head.origin && !rules_.allows_origin(*head.origin)) {
    return Rejection{403, "the Origin is not allowed"};
  }
  if (refused) return refuse(peer, *refused);
  if (head.method != "GET" && head.method != "HEAD") {
    return Rejection{405, "the method is not allowed here", "Allow: GET, HEAD\r\n", {}};
  }
  if (head.has_body) return Rejection{413, "no body belongs to this request"};
  return std::nullopt;
}

void MetricsEndpoint::handle(const std::shared_ptr<HttpConnection>& connection, HttpHead head,
                             std::string) {
  if (head.path != kPath) {
    connection->respond({404, kText, "There is nothing here but /metrics\n", {}});
    return;
  }
  connection->respond({200, kText, page_(), {}});
}

}  // namespace toolpost::transport
