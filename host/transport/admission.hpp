// SPDX-License-Identifier: Apache-2.0
// The door of the HTTP transport: one credential in, one principal out, or the one answer that
// every missing or wrong credential gets. A key counts before a client certificate.
#pragma once

#include "base/log.hpp"
#include "identity/authenticator.hpp"
#include "policy/rate_limiter.hpp"
#include "transport/http_head.hpp"
#include "transport/peer.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::transport {

// Belongs to the I/O thread.
class Admission {
 public:
  // Why a credential was refused, as far as the operator may know.
  static constexpr std::string_view kMissing = "missing";
  static constexpr std::string_view kWrong = "wrong";
  static constexpr std::string_view kCertificate = "certificate";  // its user is gone
  static constexpr std::string_view kBoth = "both";                // two at once

  // For /metrics (config/metrics.md). The causes are those above.
  struct Counts {
    std::uint64_t accepted = 0;
    std::uint64_t missing = 0;
    std::uint64_t wrong = 0;
    std::uint64_t certificate = 0;
    std::uint64_t both = 0;
    std::uint64_t told_to_wait = 0;  // of the wrong ones
  };

  // `failures` is how many wrong credentials one address may try before it is told to wait.
  Admission(identity::Authenticator& authenticator, policy::RateLimit failures, Log& log)
      : authenticator_(authenticator), failures_(failures), log_(log) {}

  // Called for each credential that is refused, with the client's address and one of these.
  void on_refused(std::function<void(std::string_view address, std::string_view reason)> function) {
    on_refused_ = std::move(function);
  }

  // Sets head.principal, or says what to answer. A right credential is let in whatever its address
  // did before: a penalty must not lock out those who share the address with an attacker.
  std::optional<Rejection> admit(HttpHead& head, const Peer& peer);

  // What a credential that was refused costs, at whatever listener: it is counted, told to the
  // function above, logged when it is wrong, and after too many wrong ones its address has to wait
  // so long. Zero: it need not.
  std::chrono::seconds refused(const Peer& peer, std::string_view reason);

  const Counts& counts() const noexcept { return counts_; }

  // Of wrong credentials, for whoever shares it with other processes.
  policy::RateLimiter& failures() noexcept { return failures_; }

 private:
  std::optional<Rejection> judge(HttpHead& head, const Peer& peer);
  Rejection refuse(const Peer& peer, bool tried);
  void count(std::string_view reason);

  identity::Authenticator& authenticator_;
  policy::RateLimiter failures_;
  Log& log_;
  Counts counts_;
  std::function<void(std::string_view, std::string_view)> on_refused_;
};

// The key that a head presents: what follows Bearer in Authorization (RFC 6750), or X-API-Key.
// Nothing when there is none or the scheme is another. Both headers are a rejection.
struct Presented {
  std::optional<std::string_view> key;
  bool tried = false;  // something was presented, if only in a way that no client is told of
  bool both = false;
};

Presented presented_key(const HttpHead& head);

// The header of the answer 429.
std::string retry_after(std::chrono::seconds wait);

}  // namespace toolpost::transport
