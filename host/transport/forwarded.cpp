// SPDX-License-Identifier: Apache-2.0
#include "transport/forwarded.hpp"

#include "transport/field_value.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <vector>

namespace toolpost::transport {
namespace {

namespace ip = boost::asio::ip;

// "1.2.3.4", "1.2.3.4:80", "::1", "[::1]" or "[::1]:80".
std::optional<ip::address> parse_node(std::string_view node) {
  constexpr std::size_t kMaxAddress = 64;
  if (node.empty() || node.size() > kMaxAddress) return std::nullopt;
  std::string_view host = node;
  if (node.front() == '[') {
    const std::size_t end = node.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = node.substr(1, end - 1);
    const std::string_view rest = node.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return std::nullopt;
    if (host.find(':') == std::string_view::npos) return std::nullopt;
  } else if (std::count(node.begin(), node.end(), ':') == 1) {
    const std::size_t colon = node.find(':');
    host = node.substr(0, colon);
    if (!is_port(node.substr(colon + 1))) return std::nullopt;
  }
  // A zone such as %eth0 means something on the proxy only.
  if (host.find('%') != std::string_view::npos) return std::nullopt;
  boost::system::error_code ec;
  const auto address = ip::make_address(std::string{host}, ec);
  if (ec) return std::nullopt;
  return unmapped(address);
}

using Nodes = std::vector<std::string>;

Nodes split_list(std::string_view list) {
  Nodes nodes;
  while (true) {
    const std::size_t comma = list.find(',');
    nodes.emplace_back(without_blanks(list.substr(0, comma)));
    if (comma == std::string_view::npos) return nodes;
    list.remove_prefix(comma + 1);
  }
}

// Reads "for=1.2.3.4;proto=https, for=\"[::1]:80\"" from left to right. A quoted text may hold
// commas and semicolons, so that the list cannot be split before it is read.
class ForwardedReader {
 public:
  explicit ForwardedReader(std::string_view text) : rest_(text) {}

  // The node of each element; nothing when any of it is malformed.
  std::optional<Nodes> read() {
    Nodes nodes;
    do {
      auto node = element();
      if (!node) return std::nullopt;
      nodes.push_back(std::move(*node));
    } while (take(','));
    if (!rest_.empty()) return std::nullopt;
    return nodes;
  }

 private:
  // One hop. Without a "for" its node is empty.
  std::optional<std::string> element() {
    std::optional<std::string> node;
    do {
      const std::string_view name = token();
      if (name.empty() || !take('=')) return std::nullopt;
      auto value = this->value();
      if (!value) return std::nullopt;
      if (boost::beast::iequals(name, "for")) {
        if (node) return std::nullopt;
        node = std::move(*value);
      }
    } while (take(';'));
    return node.value_or("");
  }

  std::optional<std::string> value() {
    if (!take('"')) {
      const std::string_view plain = token();
      if (plain.empty()) return std::nullopt;
      return std::string{plain};
    }
    std::string text;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') {
        skip_blanks();
        return text;
      }
      if (c == '\\') {
        if (rest_.empty()) return std::nullopt;
        c = rest_.front();
        rest_.remove_prefix(1);
      }
      text += c;
    }
    return std::nullopt;
  }

  // With ':' and brackets, which RFC 7239 wants quoted and some proxies do not quote.
  std::string_view token() {
    skip_blanks();
    constexpr std::string_view kEnds = " \t,;=\"";
    const std::size_t end = std::min(rest_.find_first_of(kEnds), rest_.size());
    const std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(end);
    skip_blanks();
    return found;
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void skip_blanks() {
    rest_ = rest_.substr(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
  }

  std::string_view rest_;
};

// What a proxy writes that does not know or does not tell the client (RFC 7239, section 6).
bool is_hidden(std::string_view node) {
  return node.empty() || boost::beast::iequals(node, "unknown") || node.front() == '_';
}

struct Walk {
  std::optional<ip::address> client;     // the right-most that is not trusted
  std::optional<ip::address> left_most;  // of the trusted ones
};

std::optional<Walk> walk(const Nodes& nodes, const AddressRanges& trusted, bool from_forwarded) {
  Walk result;
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    // Nobody knows who was before that hop, so nothing before it counts.
    if (is_hidden(*node) && from_forwarded) return result;
    const auto address = parse_node(*node);
    if (!address) return std::nullopt;
    if (!trusted.contains(*address)) {
      result.client = address;
      return result;
    }
    result.left_most = address;
  }
  return result;
}

std::optional<Nodes> nodes_of(std::string_view name, const std::string& value) {
  if (name == "Forwarded") return ForwardedReader{value}.read();
  return split_list(value);
}

}  // namespace

Result<ip::address> forwarded_client(const ip::address& proxy, const ForwardingHeaders& headers,
                                     const AddressRanges& trusted) {
  struct Header {
    std::string_view name;
    const std::string& value;
  };

  const Header all[] = {{"Forwarded", headers.forwarded},
                        {"X-Forwarded-For", headers.x_forwarded_for},
                        {"X-Real-IP", headers.x_real_ip}};
  std::optional<ip::address> client;
  std::optional<ip::address> left_most;
  for (const auto& [name, value] : all) {
    if (value.empty()) continue;
    const auto nodes = nodes_of(name, value);
    const auto found = nodes ? walk(*nodes, trusted, name == "Forwarded") : std::nullopt;
    if (!found) return invalid("header " + std::string{name} + " must name IP addresses");
    if (!left_most) left_most = found->left_most;
    if (!found->client) continue;
    if (client && *client != *found->client) {
      return invalid("the headers Forwarded, X-Forwarded-For and X-Real-IP name different clients");
    }
    client = found->client;
  }
  return client.value_or(left_most.value_or(unmapped(proxy)));
}

}  // namespace toolpost::transport
