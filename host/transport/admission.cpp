// SPDX-License-Identifier: Apache-2.0
#include "transport/admission.hpp"

#include <boost/beast/core/string.hpp>

namespace toolpost::transport {
namespace {

constexpr std::string_view kScheme = "Bearer ";

// The same for every cause, so that an answer says nothing about a key.
constexpr std::string_view kUnauthorized =
    R"({"jsonrpc":"2.0","error":{"code":40100,"message":"Unauthorized: a valid API key is required"}})";
constexpr std::string_view kTooManyFailures =
    R"({"jsonrpc":"2.0","error":{"code":42900,"message":"Too many failed attempts from this address"}})";

std::string_view without_spaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Presented presented_key(const HttpHead& head) {
  Presented presented;
  presented.tried = head.authorization.has_value() || head.api_key.has_value();
  presented.both = head.authorization.has_value() && head.api_key.has_value();
  if (head.api_key) {
    presented.key = head.api_key->reveal();
  } else if (head.authorization) {
    const std::string_view value = head.authorization->reveal();
    if (value.size() > kScheme.size() &&
        boost::beast::iequals(value.substr(0, kScheme.size()), kScheme)) {
      presented.key = without_spaces(value.substr(kScheme.size()));
    }
  }
  return presented;
}

std::string retry_after(std::chrono::seconds wait) {
  return "Retry-After: " + std::to_string(wait.count()) + "\r\n";
}

std::optional<Rejection> Admission::admit(HttpHead& head, const Peer& peer) {
  auto refused = judge(head, peer);
  if (!refused) ++counts_.accepted;
  head.authorization.reset();
  head.api_key.reset();
  return refused;
}

std::optional<Rejection> Admission::judge(HttpHead& head, const Peer& peer) {
  if (authenticator_.is_open()) {
    head.principal = identity::local_principal();
    return std::nullopt;
  }
  const Presented presented = presented_key(head);
  if (presented.both) {
    refused(peer, kBoth);
    return Rejection{400, "give Authorization or X-API-Key, not both"};
  }
  const identity::UnixSeconds now = identity::unix_now();
  if (!presented.tried && peer.certificate_user) {
    // The certificate was checked in the handshake; what is left is whether that user still exists.
    if (auto user = authenticator_.find_user(*peer.certificate_user)) {
      head.principal = std::move(*user);
      return std::nullopt;
    }
  }
  auto principal = authenticator_.authenticate(presented.key.value_or(""), now);
  if (!principal) return refuse(peer, presented.tried);
  authenticator_.note_use(*principal, now);
  head.principal = std::move(*principal);
  return std::nullopt;
}

void Admission::count(std::string_view reason) {
  if (reason == kWrong) {
    ++counts_.wrong;
  } else if (reason == kCertificate) {
    ++counts_.certificate;
  } else if (reason == kBoth) {
    ++counts_.both;
  } else {
    ++counts_.missing;
  }
}

std::chrono::seconds Admission::refused(const Peer& peer, std::string_view reason) {
  count(reason);
  if (on_refused_) on_refused_(peer.address, reason);
  if (reason != kWrong) return {};
  const auto wait = failures_.take(peer.site, policy::RateLimiter::Time::clock::now());
  if (wait.count() == 0) {
    log_.warn("a credential was refused", {{"address", peer.address}});
  } else {
    ++counts_.told_to_wait;
  }
  return std::chrono::ceil<std::chrono::seconds>(wait);
}

Rejection Admission::refuse(const Peer& peer, bool tried) {
  const auto wait = refused(peer, tried ? kWrong : peer.certificate_user ? kCertificate : kMissing);
  if (wait.count() == 0) {
    return {.status = 401,
            .reason = {},
            .headers = "WWW-Authenticate: Bearer realm=\"toolpost\"\r\n",
            .body = std::string{kUnauthorized}};
  }
  return {.status = 429,
          .reason = {},
          .headers = retry_after(wait),
          .body = std::string{kTooManyFailures}};
}

}  // namespace toolpost::transport
