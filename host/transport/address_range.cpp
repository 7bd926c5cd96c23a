// SPDX-License-Identifier: Apache-2.0
#include "transport/address_range.hpp"

#include <algorithm>
#include <charconv>

namespace toolpost::transport {
namespace {

namespace ip = boost::asio::ip;

constexpr unsigned kByteBits = 8;

template <class Bytes>
bool same_prefix(const Bytes& a, const Bytes& b, unsigned bits) {
  const std::size_t whole = bits / kByteBits;
  const auto end = a.begin() + static_cast<std::ptrdiff_t>(whole);
  if (!std::equal(a.begin(), end, b.begin())) return false;
  const unsigned rest = bits % kByteBits;
  if (rest == 0) return true;
  const unsigned mask = 0xFFU << (kByteBits - rest) & 0xFFU;
  return ((static_cast<unsigned>(a[whole]) ^ static_cast<unsigned>(b[whole])) & mask) == 0;
}

bool in_range(const ip::address& address, const ip::address& base, unsigned bits) {
  if (address.is_v4() != base.is_v4()) return false;
  return address.is_v4() ? same_prefix(address.to_v4().to_bytes(), base.to_v4().to_bytes(), bits)
                         : same_prefix(address.to_v6().to_bytes(), base.to_v6().to_bytes(), bits);
}

template <class Bytes>
bool is_clear_beyond(const Bytes& bytes, unsigned bits) {
  for (unsigned bit = bits; bit < bytes.size() * kByteBits; ++bit) {
    const unsigned byte = bytes[bit / kByteBits];
    if ((byte >> (kByteBits - 1 - bit % kByteBits) & 1U) != 0) return false;
  }
  return true;
}

}  // namespace

ip::address unmapped(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

ip::address site_of(const ip::address& address) {
  ip::address plain = unmapped(address);
  if (plain.is_v4()) return plain;
  constexpr std::size_t kSiteBytes = 8;
  auto bytes = plain.to_v6().to_bytes();
  std::fill(bytes.begin() + kSiteBytes, bytes.end(), std::uint8_t{0});
  return ip::address_v6{bytes};
}

Result<AddressRanges::Range> AddressRanges::parse_one(std::string_view entry) {
  const std::string quoted = "\"" + std::string{entry} + "\"";
  const std::size_t slash = entry.find('/');
  boost::system::error_code ec;
  const auto base = ip::make_address(std::string{entry.substr(0, slash)}, ec);
  if (ec) return invalid(quoted + " is neither an IP address nor a range such as 10.0.0.0/8");
  const unsigned width = base.is_v4() ? 32 : 128;
  unsigned bits = width;
  if (slash != std::string_view::npos) {
    const std::string_view digits = entry.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || end != digits.data() + digits.size() || bits > width) {
      return invalid(quoted + ": what follows the slash must be a number from 0 to " +
                     std::to_string(width));
    }
  }
  const bool clear = base.is_v4() ? is_clear_beyond(base.to_v4().to_bytes(), bits)
                                  : is_clear_beyond(base.to_v6().to_bytes(), bits);
  if (!clear) {
    return invalid(quoted +
                   ": the address has bits beyond its prefix; write the first address of "
                   "the range, or a longer prefix");
  }
  if (bits == 0) return invalid(quoted + " would trust everybody; name the proxies' addresses");
  // Peers are compared as what they are, so that a range of mapped addresses is one of IPv4.
  constexpr unsigned kMappedBits = 96;
  if (base.is_v6() && base.to_v6().is_v4_mapped()) {
    if (bits <= kMappedBits) return invalid(quoted + " would trust every IPv4 address");
    return Range{unmapped(base), bits - kMappedBits};
  }
  return Range{base, bits};
}

Result<AddressRanges> AddressRanges::parse(const std::vector<std::string>& entries) {
  AddressRanges ranges;
  for (const std::string& entry : entries) {
    auto range = parse_one(entry);
    if (!range) return range.error();
    ranges.ranges_.push_back(std::move(*range));
  }
  return ranges;
}

bool AddressRanges::contains(const ip::address& address) const {
  const ip::address plain = unmapped(address);
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
    return in_range(plain, range.base, range.prefix_bits);
  });
}

}  // namespace toolpost::transport
