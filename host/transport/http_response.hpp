// SPDX-License-Identifier: Apache-2.0
// Responses as bytes: head and body in one buffer, so that they leave in one write.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace toolpost::transport {

struct HttpResponse {
  int status = 200;
  std::string_view content_type;  // empty: no body and no type
  std::string body;
  std::string headers;  // further lines, each with its CRLF
};

// The value of a Date header (RFC 9110, section 5.6.7), which is always of this length.
using HttpDate = std::array<char, 29>;

// Of now.
HttpDate http_date();

// What every response of a connection says beside its own.
struct ResponseContext {
  bool keep_alive = true;
  bool secure = false;  // over TLS
  HttpDate date{};
};

std::string format_response(const HttpResponse& response, const ResponseContext& context);

// The head of an event stream; chunked unless the connection ends with it.
std::string format_stream_head(bool chunked, std::string_view headers,
                               const ResponseContext& context);

// One server-sent event (HTML, "server-sent events") of a single line of data.
struct ServerEvent {
  std::string_view data{};
  std::string id{};  // empty: none
  int retry_ms = 0;  // how long a client is to wait before it reconnects; 0: not said
};

// As a chunk if need be.
std::string format_event(const ServerEvent& event, bool chunked);
// A comment, which keeps intermediaries from thinking that the stream is dead.
std::string format_keepalive(bool chunked);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace toolpost::transport
