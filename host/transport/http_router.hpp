// SPDX-License-Identifier: Apache-2.0
// Hands requests to the endpoint of their path.
#pragma once

#include "transport/http_connection.hpp"

#include <map>
#include <string>

namespace toolpost::transport {

// The endpoints are borrowed and outlive this.
class HttpRouter final : public HttpEndpoint {
 public:
  // What no path is named for goes to `otherwise`.
  explicit HttpRouter(HttpEndpoint& otherwise) : otherwise_(otherwise) {}

  void route(std::string path, HttpEndpoint& endpoint) {
    paths_.insert_or_assign(std::move(path), &endpoint);
  }

  std::optional<Rejection> admit(HttpHead& head, const Peer& peer) override {
    return endpoint_of(head).admit(head, peer);
  }

  std::optional<Rejection> admit_large_body(const HttpHead& head) override {
    return endpoint_of(head).admit_large_body(head);
  }

  void handle(const std::shared_ptr<HttpConnection>& connection, HttpHead head,
              std::string body) override {
    HttpEndpoint& endpoint = endpoint_of(head);
    endpoint.handle(connection, std::move(head), std::move(body));
  }

 private:
  HttpEndpoint& endpoint_of(const HttpHead& head) const {
    const auto found = paths_.find(head.path);
    return found == paths_.end() ? otherwise_ : *found->second;
  }

  HttpEndpoint& otherwise_;
  std::map<std::string, HttpEndpoint*, std::less<>> paths_;
};

}  // namespace toolpost::transport
