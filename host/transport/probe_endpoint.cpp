// SPDX-License-Identifier: Apache-2.0
#include "transport/probe_endpoint.hpp"

#include "transport/post_responder.hpp"

namespace toolpost::transport {
namespace {

HttpResponse error_response(int status, std::string_view message) {
  return {status, kJson, R"({"error":")" + std::string{message} + "\"}", {}};
}

}  // namespace

std::optional<Rejection> ProbeEndpoint::admit(HttpHead& head, const Peer&) {
  head.authorization.reset();
  head.api_key.reset();
  if (head.origin && !rules_.allows_origin(*head.origin)) {
    return Rejection{403, "the Origin is not allowed"};
  }
  // Everybody may ask, so nobody may make us keep what they send.
  if (head.method != "GET" && head.method != "HEAD") {
    return Rejection{405, "the method is not allowed here", "Allow: GET, HEAD\r\n", {}};
  }
  if (head.has_body) return Rejection{413, "no body belongs to this request"};
  return std::nullopt;
}

void ProbeEndpoint::handle(const std::shared_ptr<HttpConnection>& connection, HttpHead head,
                           std::string) {
  const auto probe = probes_.find(head.path);
  if (probe == probes_.end()) {
    connection->respond(error_response(404, "There is nothing here"));
    return;
  }
  Answer answer = probe->second();
  connection->respond({answer.status, kJson, std::move(answer.json), {}});
}

}  // namespace toolpost::transport
