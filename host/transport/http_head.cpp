// SPDX-License-Identifier: Apache-2.0
#include "transport/http_head.hpp"

#include "base/ascii.hpp"
#include "transport/field_value.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <array>

namespace toolpost::transport {
namespace {

constexpr std::size_t kMaxLengthDigits = 19;  // what surely fits into 64 bits

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Fields = RequestFields;

// A request may carry each of these once. Beside them every header whose name begins with "Mcp-".
constexpr std::array<std::string_view, 9> kSingletons = {
    "Host",          "Content-Length", "Transfer-Encoding", "Content-Type", "Content-Encoding",
    "Authorization", "Origin",         "X-API-Key",         "Last-Event-ID"};

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

bool is_upper_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

bool has_folded_line(std::string_view raw) {
  return raw.find("\r\n ") != std::string_view::npos ||
         raw.find("\r\n\t") != std::string_view::npos;
}

bool is_singleton(std::string_view name) {
  constexpr std::string_view kMcp = "mcp-";
  if (name.size() > kMcp.size() && beast::iequals(name.substr(0, kMcp.size()), kMcp)) return true;
  return std::any_of(kSingletons.begin(), kSingletons.end(),
                     [&](std::string_view one) { return beast::iequals(one, name); });
}

std::optional<Rejection> check_start_line(const Fields& fields) {
  if (fields.version() != 11 && fields.version() != 10) {
    return Rejection{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  }
  const std::string_view method = view(fields.method_string());
  if (!is_upper_token(method)) return Rejection{400, "the method is malformed"};
  const std::string_view target = view(fields.target());
  if (target.size() > kMaxTargetBytes) return Rejection{414, "the target is too long"};
  if (!target.starts_with('/')) return Rejection{400, "the target must be a path"};
  return std::nullopt;
}

std::optional<Rejection> check_repeats(const Fields& fields, std::size_t max_headers) {
  std::size_t count = 0;
  for (const auto& field : fields) {
    if (++count > max_headers) return Rejection{431, "there are too many headers"};
    const std::string_view name = view(field.name_string());
    if (is_singleton(name) && fields.count(field.name_string()) > 1) {
      return Rejection{400, "header " + std::string{name} + " is given twice"};
    }
  }
  return std::nullopt;
}

std::optional<Rejection> check_framing(const Fields& fields, std::size_t max_body) {
  const bool has_length = fields.count(http::field::content_length) != 0;
  if (fields.count(http::field::transfer_encoding) != 0) {
    if (has_length)
      return Rejection{400, "Content-Length and Transfer-Encoding exclude each other"};
    if (fields.version() == 10) return Rejection{400, "HTTP/1.0 has no Transfer-Encoding"};
    if (!beast::iequals(fields[http::field::transfer_encoding], "chunked")) {
      return Rejection{501, "the only Transfer-Encoding is chunked"};
    }
    return std::nullopt;
  }
  if (!has_length) return std::nullopt;
  const std::string_view length = view(fields[http::field::content_length]);
  if (length.size() > kMaxLengthDigits || !is_digits(length)) {
    return Rejection{400, "Content-Length must be one number"};
  }
  if (std::stoull(std::string{length}) > max_body) return Rejection{413, "the body is too large"};
  return std::nullopt;
}

std::optional<std::string> optional_field(const Fields& fields, std::string_view name) {
  const auto place = fields.find(beast::string_view{name.data(), name.size()});
  if (place == fields.end()) return std::nullopt;
  return std::string{view(place->value())};
}

// The next of the parameters after a media type, without its semicolon, taken off `rest`. Quoted
// text may hold semicolons.
std::string_view take_parameter(std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ';'); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (quoted && rest[end] == '\\') ++end;
  }
  const std::string_view parameter = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return without_blanks(parameter);
}

// What JSON is written in (RFC 8259, 8.1): a client that names another charset would be misread.
bool names_no_charset_but_utf8(std::string_view parameters) {
  constexpr std::string_view kCharset = "charset=";
  while (!parameters.empty()) {
    const std::string_view parameter = take_parameter(parameters);
    if (!beast::iequals(parameter.substr(0, kCharset.size()), kCharset)) continue;
    std::string_view value = parameter.substr(kCharset.size());
    if (value.size() > 1 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    // Some clients leave the hyphen out; nobody takes that for something else.
    if (!beast::iequals(value, "utf-8") && !beast::iequals(value, "utf8")) return false;
  }
  return true;
}

// All values of a field, as one list.
template <class Name>
std::string joined(const Fields& fields, Name name) {
  std::string list;
  const auto [begin, end] = fields.equal_range(name);
  for (auto field = begin; field != end; ++field) {
    if (!list.empty()) list += ',';
    list += view(field->value());
  }
  return list;
}

}  // namespace

std::optional<Rejection> check_head(std::string_view raw, const Fields& fields,
                                    const HttpOptions& options) {
  if (has_folded_line(raw)) return Rejection{400, "a header is folded over two lines"};
  if (auto wrong = check_start_line(fields)) return wrong;
  if (auto wrong = check_repeats(fields, options.max_headers)) return wrong;
  if (fields.version() == 11 && fields.count(http::field::host) == 0) {
    return Rejection{400, "header Host is missing"};
  }
  return check_framing(fields, options.max_body_bytes);
}

HttpHead read_head(const Fields& fields) {
  HttpHead head;
  head.method = view(fields.method_string());
  const std::string_view target = view(fields.target());
  head.path = target.substr(0, target.find('?'));
  head.http_1_0 = fields.version() == 10;
  const std::string connection = joined(fields, http::field::connection);
  http::token_list tokens{beast::string_view{connection.data(), connection.size()}};
  // Such a client would want to be told that its connection stays; closing it is always right.
  head.keep_alive = !head.http_1_0 && !tokens.exists("close");
  head.has_body =
      fields.count(http::field::transfer_encoding) != 0 ||
      view(fields[http::field::content_length]).find_first_not_of('0') != std::string_view::npos;
  head.expects_continue = beast::iequals(fields[http::field::expect], "100-continue");
  head.host = view(fields[http::field::host]);
  head.origin = optional_field(fields, "Origin");
  const std::string_view type = view(fields[http::field::content_type]);
  const std::size_t type_end = std::min(type.find(';'), type.size());
  head.content_type = to_lower(without_blanks(type.substr(0, type_end)));
  head.is_utf8 = names_no_charset_but_utf8(type.substr(type_end));
  const std::string_view encoding = without_blanks(view(fields[http::field::content_encoding]));
  head.is_encoded = !encoding.empty() && !beast::iequals(encoding, "identity");
  head.accept = joined(fields, http::field::accept);
  head.protocol_version = optional_field(fields, "MCP-Protocol-Version");
  head.mcp_method = optional_field(fields, "Mcp-Method");
  head.mcp_name = optional_field(fields, "Mcp-Name");
  head.session_id = optional_field(fields, "Mcp-Session-Id");
  head.last_event_id = optional_field(fields, "Last-Event-ID");
  if (auto value = optional_field(fields, "Authorization")) {
    head.authorization = Secret{std::move(*value)};
  }
  if (auto value = optional_field(fields, "X-API-Key")) head.api_key = Secret{std::move(*value)};
  constexpr std::string_view kParam = "mcp-param-";
  for (const auto& field : fields) {
    const std::string_view name = view(field.name_string());
    if (name.size() <= kParam.size() || !beast::iequals(name.substr(0, kParam.size()), kParam)) {
      continue;
    }
    head.mcp_params.emplace_back(to_lower(name.substr(kParam.size())), view(field.value()));
  }
  return head;
}

ForwardingHeaders read_forwarding(const Fields& fields) {
  return {.forwarded = joined(fields, http::field::forwarded),
          .x_forwarded_for = joined(fields, beast::string_view{"X-Forwarded-For"}),
          .x_real_ip = joined(fields, beast::string_view{"X-Real-IP"})};
}

bool accepts(std::string_view accept, std::string_view type) {
  if (without_blanks(accept).empty()) return true;
  const std::string_view family = type.substr(0, type.find('/'));
  while (!accept.empty()) {
    const std::size_t comma = std::min(accept.find(','), accept.size());
    std::string_view range = accept.substr(0, comma);
    accept.remove_prefix(std::min(comma + 1, accept.size()));
    const std::string_view parameters =
        range.find(';') == std::string_view::npos ? "" : range.substr(range.find(';'));
    // q=0 refuses; other weights only order what is acceptable anyway.
    if (parameters.find("q=0") != std::string_view::npos &&
        parameters.find("q=0.") == std::string_view::npos) {
      continue;
    }
    const std::string_view name = without_blanks(range.substr(0, range.find(';')));
    if (name == "*/*" || beast::iequals(name, type)) return true;
    const bool any_of_family = name.ends_with("/*");
    if (any_of_family && beast::iequals(name.substr(0, name.size() - 2), family)) return true;
  }
  return false;
}

}  // namespace toolpost::transport
