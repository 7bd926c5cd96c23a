// SPDX-License-Identifier: Apache-2.0
// Whatever stands in the headers, a proxy's word is an error or an address, and the address is a
// trusted one only when no other was named.
#include "base/check.hpp"
#include "transport/forwarded.hpp"

#include <cstdint>

using namespace toolpost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto trusted = *transport::AddressRanges::parse({"10.0.0.0/8", "fd00::/8"});
  static const auto proxy = boost::asio::ip::make_address("10.0.0.1");
  const std::string text{reinterpret_cast<const char*>(data), size};
  const std::string last = "203.0.113.7";
  const transport::ForwardingHeaders all[] = {
      {.forwarded = text, .x_forwarded_for = {}, .x_real_ip = {}},
      {.forwarded = {}, .x_forwarded_for = text, .x_real_ip = {}},
      {.forwarded = {}, .x_forwarded_for = {}, .x_real_ip = text},
      {.forwarded = text, .x_forwarded_for = text, .x_real_ip = text}};
  for (const auto& headers : all) {
    static_cast<void>(transport::forwarded_client(proxy, headers, trusted));
  }
  // What the client wrote first cannot hide what the proxy appended.
  const auto appended = transport::forwarded_client(
      proxy, {.forwarded = {}, .x_forwarded_for = text + ", " + last, .x_real_ip = {}}, trusted);
  TOOLPOST_CHECK(appended && appended->to_string() == last);
  const auto element = transport::forwarded_client(
      proxy, {.forwarded = text + ", for=" + last, .x_forwarded_for = {}, .x_real_ip = {}},
      trusted);
  TOOLPOST_CHECK(!element || element->to_string() == last);
  return 0;
}
