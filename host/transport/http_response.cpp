// SPDX-License-Identifier: Apache-2.0
#include "transport/http_response.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace toolpost::transport {
namespace {

// RFC 6797: a browser that has been here by TLS comes by nothing else for a year.
constexpr std::string_view kStrictTransport = "Strict-Transport-Security: max-age=31536000\r\n";

void append_head(std::string& out, int status, const ResponseContext& context) {
  const auto reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ");
  out.append(reason.data(), reason.size());
  out.append("\r\nDate: ").append(context.date.data(), context.date.size());
  out.append("\r\nServer: toolpost\r\nX-Content-Type-Options: nosniff\r\n");
  if (context.secure) out.append(kStrictTransport);
  if (!context.keep_alive) out.append("Connection: close\r\n");
}

std::string chunk(std::string_view content, bool chunked) {
  if (!chunked) return std::string{content};
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), content.size(), 16).ptr;
  std::string text{size.data(), end};
  return text.append("\r\n").append(content).append("\r\n");
}

}  // namespace

std::string format_response(const HttpResponse& response, const ResponseContext& context) {
  std::string out;
  out.reserve(response.body.size() + response.headers.size() + 224 +
              (context.secure ? kStrictTransport.size() : 0));
  append_head(out, response.status, context);
  if (!response.content_type.empty()) {
    out.append("Content-Type: ").append(response.content_type).append("\r\n");
    out.append("Cache-Control: no-store\r\n");
  }
  out.append(response.headers);
  // RFC 9110, section 8.6: not where there cannot be a body.
  constexpr int kNoContent = 204;
  if (response.status != kNoContent) {
    out.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  return out.append("\r\n").append(response.body);
}

std::string format_stream_head(bool chunked, std::string_view headers,
                               const ResponseContext& context) {
  std::string out;
  append_head(out, 200, context);
  out.append("Content-Type: text/event-stream\r\nCache-Control: no-cache\r\n");
  // Without this nginx collects events until its buffer is full.
  out.append("X-Accel-Buffering: no\r\n");
  out.append(headers);
  if (chunked) out.append("Transfer-Encoding: chunked\r\n");
  return out.append("\r\n");
}

std::string format_event(const ServerEvent& event, bool chunked) {
  std::string text;
  text.reserve(event.data.size() + event.id.size() + 64);
  if (!event.id.empty()) text.append("id: ").append(event.id).append("\n");
  if (event.retry_ms != 0) {
    text.append("retry: ").append(std::to_string(event.retry_ms)).append("\n");
  }
  if (!event.data.empty()) text.append("event: message\n");
  text.append("data: ").append(event.data).append("\n\n");
  return chunk(text, chunked);
}

std::string format_keepalive(bool chunked) {
  return chunk(":\r\n\r\n", chunked);
}

HttpDate http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 40> text{};
  // %a and %b are English here: the process never calls setlocale().
  std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  HttpDate date{};
  std::copy_n(text.begin(), date.size(), date.begin());
  return date;
}

}  // namespace toolpost::transport
