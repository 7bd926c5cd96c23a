// SPDX-License-Identifier: Apache-2.0
// Whatever head passes the strict layer has one Host, one framing, and a path.
#include "base/check.hpp"
#include "transport/http_head.hpp"

#include <cstdint>

using namespace toolpost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace http = boost::beast::http;
  std::string raw{reinterpret_cast<const char*>(data), size};
  const std::size_t end = raw.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  raw.resize(end + 4);
  transport::RequestParser request;
  transport::RequestParser::Parser& parser = *request;
  boost::system::error_code ec;
  parser.put(boost::asio::buffer(raw), ec);
  if (ec && ec != http::error::need_more) return 0;
  const auto& fields = parser.get().base();
  if (transport::check_head(raw, fields, {})) return 0;
  const transport::HttpHead head = transport::read_head(fields);
  TOOLPOST_CHECK(head.path.starts_with('/'));
  TOOLPOST_CHECK(fields.count(http::field::host) <= 1);
  TOOLPOST_CHECK(fields.count(http::field::content_length) +
                     fields.count(http::field::transfer_encoding) <=
                 1);
  static_cast<void>(transport::accepts(head.accept, "application/json"));
  return 0;
}
