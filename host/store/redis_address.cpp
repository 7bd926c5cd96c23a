// SPDX-License-Identifier: Apache-2.0
#include "store/redis_address.hpp"

#include <charconv>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>

namespace toolpost::store {
namespace {

constexpr std::string_view kScheme = "redis://";
constexpr unsigned kMaxDatabase = 9999;

template <class Number>
bool read_number(std::string_view text, Number max, Number& out) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && stopped == end && out <= max;
}

struct Freed {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

}  // namespace

std::string RedisAddress::text() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return std::string{kScheme} + name + ":" + std::to_string(port) + "/" + std::to_string(database);
}

Result<RedisAddress> read_redis_url(std::string_view url) {
  if (url.starts_with("rediss://")) {
    return invalid("TLS to Redis is not supported; let a stunnel end it and name its address");
  }
  if (url.find('@') != std::string_view::npos) {
    return invalid(
        "has no place for a user or a password; see redis.username, redis.password_file");
  }
  if (!url.starts_with(kScheme)) return invalid("does not begin with redis://");
  url.remove_prefix(kScheme.size());
  RedisAddress out;
  if (const auto slash = url.find('/'); slash != std::string_view::npos) {
    if (!read_number(url.substr(slash + 1), kMaxDatabase, out.database)) {
      return invalid("what follows the \"/\" is no number of a database");
    }
    url = url.substr(0, slash);
  }
  const bool is_bracketed = url.starts_with('[');
  const std::size_t end = is_bracketed ? url.find(']') : url.find(':');
  if (is_bracketed && end == std::string_view::npos) return invalid("a \"]\" is missing");
  out.host = url.substr(is_bracketed ? 1 : 0, is_bracketed ? end - 1 : end);
  url.remove_prefix(std::min(url.size(), is_bracketed ? end + 1 : end));
  if (out.host.empty()) return invalid("has no host");
  if (!url.empty() &&
      (url.front() != ':' || !read_number<std::uint16_t>(url.substr(1), 65535, out.port) ||
       out.port == 0)) {
    return invalid("what follows the host is no \":\" and a port");
  }
  return out;
}

bool Endpoint::is_loopback() const noexcept {
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

Result<std::vector<Endpoint>> resolve(const RedisAddress& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status =
      ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (status != 0) {
    return Error{Errc::kUnavailable,
                 "the host has no address: " + std::string{::gai_strerror(status)}};
  }
  const std::unique_ptr<addrinfo, Freed> list{found};
  std::vector<Endpoint> endpoints;
  for (const addrinfo* at = list.get(); at != nullptr; at = at->ai_next) {
    Endpoint endpoint;
    if (at->ai_addrlen > sizeof endpoint.address) continue;
    std::memcpy(&endpoint.address, at->ai_addr, at->ai_addrlen);
    endpoint.size = at->ai_addrlen;
    endpoints.push_back(endpoint);
  }
  return endpoints;
}

}  // namespace toolpost::store
