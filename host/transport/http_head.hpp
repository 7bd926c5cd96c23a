// SPDX-License-Identifier: Apache-2.0
// The head of an HTTP/1.x request, read strictly (RFC 9112). Beast's parser takes shapes on which
// two servers in a row may disagree about where a request ends; all of them are refused here, and
// whoever sent one loses the connection.
#pragma once

#include "base/secret.hpp"
#include "identity/principal.hpp"
#include "mcp/param_headers.hpp"
#include "transport/forwarded.hpp"
#include "transport/http_options.hpp"
#include "transport/request_parser.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace toolpost::transport {

struct HttpHead {
  std::string method;
  std::string path;  // of the target, without the query
  bool http_1_0 = false;
  bool keep_alive = true;
  bool expects_continue = false;
  bool has_body = false;
  std::string host;
  std::optional<std::string> origin;
  std::string content_type;  // lower case, without parameters; empty when absent
  bool is_utf8 = true;       // Content-Type names no other charset
  bool is_encoded = false;   // Content-Encoding names something else than identity
  std::string accept;        // all values, joined by commas; empty when absent
  std::optional<std::string> protocol_version;
  std::optional<std::string> mcp_method;
  std::optional<std::string> mcp_name;
  std::optional<std::string> session_id;
  std::optional<std::string> last_event_id;
  mcp::ParamHeaders mcp_params;
  std::optional<Secret> authorization;  // until the request was admitted
  std::optional<Secret> api_key;        // until then, too
  identity::Principal principal;        // from then on
};

struct Rejection {
  int status = 400;
  std::string reason;
  std::string headers{};  // further lines, each with its CRLF
  std::string body{};     // JSON; empty: made from the reason
};

// `raw` is the head as it came, with its final empty line; `fields` what Beast read from it.
std::optional<Rejection> check_head(std::string_view raw, const RequestFields& fields,
                                    const HttpOptions& options);

// Of a head that check_head() let pass.
HttpHead read_head(const RequestFields& fields);

// What a proxy says about the client; asked only where the proxy is trusted.
ForwardingHeaders read_forwarding(const RequestFields& fields);

// Whether Accept allows that media type; everything is allowed when there is no Accept.
bool accepts(std::string_view accept, std::string_view type);

}  // namespace toolpost::transport
