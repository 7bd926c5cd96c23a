// SPDX-License-Identifier: Apache-2.0
#include "transport/http_connection.hpp"

#include "base/json_escape.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <openssl/ssl.h>

namespace toolpost::transport {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// Bytes of further requests that are taken in while one is being answered.
constexpr std::size_t kMaxPipelinedBytes = std::size_t{64} << 10;

// A client that does not read loses progress before memory does.
constexpr std::size_t kMaxUnreadEventBytes = std::size_t{256} << 10;

constexpr std::chrono::milliseconds kLingerTime{2000};

Rejection rejection_for(const boost::system::error_code& ec) {
  if (ec == http::error::body_limit) return {413, "the body is too large"};
  if (ec == http::error::header_limit) return {431, "the headers are too large"};
  return {400, "the request is malformed: " + ec.message()};
}

// Beast throws where a field is longer than its tables can say; here that is one more bad request.
template <class Parser>
std::size_t put(Parser& parser, std::string_view bytes, boost::system::error_code& ec) {
  try {
    return parser.put(asio::buffer(bytes.data(), bytes.size()), ec);
  } catch (const std::length_error&) {
    ec = http::error::header_limit;
    return 0;
  }
}

std::optional<std::string> certificate_user(const SSL& ssl, const ClientUsers& users) {
  const X509* certificate = SSL_get0_peer_certificate(&ssl);
  if (certificate == nullptr) return std::nullopt;
  return users.user_of(read_client_certificate(*certificate));
}

}  // namespace

HttpConnection::HttpConnection(ByteStream stream, const HttpOptions& options,
                               HttpEndpoint& endpoint, HttpCounts& counts, Closed closed)
    : stream_(std::move(stream)),
      options_(options),
      endpoint_(endpoint),
      counts_(counts),
      closed_(std::move(closed)) {}

void HttpConnection::start(const asio::ip::address& address) {
  boost::system::error_code ec;
  // An answer is one write; waiting for more to send with it only delays it.
  stream_.socket().set_option(asio::ip::tcp::no_delay{true}, ec);
  socket_address_ = address;
  peer_.address = socket_address_.to_string();
  peer_.site = site_of(socket_address_).to_string();
  from_proxy_ = options_.trusted_proxies.contains(socket_address_);
  if (!stream_.is_secure()) {
    set_deadline(options_.first_byte_timeout);
    read();
    return;
  }
  state_ = State::kHandshake;
  set_deadline(options_.tls_handshake_timeout);
  stream_.async_handshake([self = shared_from_this()](const boost::system::error_code& failed) {
    self->on_handshake(failed);
  });
}

void HttpConnection::on_handshake(const boost::system::error_code& ec) {
  if (state_ == State::kClosed) return;
  if (ec) {
    ++counts_.handshakes_failed;
    close();
    return;
  }
  peer_.certificate_user = certificate_user(*stream_.ssl(), options_.client_users);
  state_ = State::kHead;
  set_deadline(options_.first_byte_timeout);
  read();
}

void HttpConnection::read() {
  if (reading_ || state_ == State::kClosed) return;
  if ((state_ == State::kAnswering || writing_) && in_.size() >= kMaxPipelinedBytes) return;
  reading_ = true;
  stream_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](
                                                    const boost::system::error_code& ec,
                                                    std::size_t size) { self->on_read(ec, size); });
}

void HttpConnection::on_read(const boost::system::error_code& ec, std::size_t size) {
  reading_ = false;
  if (state_ == State::kClosed) return;
  if (ec) {
    close();
    return;
  }
  counts_.bytes_in += size;
  if (state_ != State::kLingering) {
    if (state_ == State::kHead && in_.empty() && !writing_) set_deadline(options_.header_timeout);
    in_.append(chunk_.data(), size);
    process();
  }
  read();
}

// Works through what has arrived, one request at a time, and none before the last answer has left:
// a client that asks without reading must not fill our memory.
void HttpConnection::process() {
  if (processing_) return;
  processing_ = true;
  bool go_on = true;
  while (go_on) {
    switch (state_) {
      case State::kHead:
        go_on = !writing_ && process_head();
        break;
      case State::kBody:
        go_on = process_body();
        break;
      case State::kHandshake:
      case State::kAnswering:
      case State::kLingering:
      case State::kClosed:
        go_on = false;
        break;
    }
  }
  processing_ = false;
}

bool HttpConnection::process_head() {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const std::size_t end =
      in_.find(kEnd, head_scanned_ < kEnd.size() ? 0 : head_scanned_ - kEnd.size());
  if (end == std::string::npos ? in_.size() > options_.max_header_bytes
                               : end + kEnd.size() > options_.max_header_bytes) {
    reject({431, "the headers are too large"});
    return false;
  }
  if (end == std::string::npos) {
    head_scanned_ = in_.size();
    return false;
  }
  parser_ = std::make_unique<RequestParser>();
  RequestParser::Parser& parser = **parser_;
  parser.eager(true);
  parser.header_limit(static_cast<std::uint32_t>(options_.max_header_bytes));
  parser.body_limit(options_.max_body_bytes);
  const std::string_view raw{in_.data(), end + kEnd.size()};
  boost::system::error_code ec;
  put(parser, raw, ec);
  if (ec && ec != http::error::need_more) {
    reject(rejection_for(ec));
    return false;
  }
  if (auto wrong = check_head(raw, parser.get().base(), options_)) {
    reject(*wrong);
    return false;
  }
  if (from_proxy_ && !find_client(parser.get().base())) return false;
  head_ = read_head(parser.get().base());
  answers_head_ = head_.method == "HEAD";
  keep_alive_ = head_.keep_alive && !finishing_ && !end_announced_;
  if (auto wrong = endpoint_.admit(head_, peer_)) {
    reject(*wrong);
    return false;
  }
  if (parser.content_length().value_or(0) > kLargeBodyBytes && !admits_large_body()) return false;
  in_.erase(0, raw.size());
  head_scanned_ = 0;
  state_ = State::kBody;
  set_deadline(options_.body_timeout);
  if (head_.expects_continue && !head_.http_1_0 && in_.empty() && !parser.is_done()) {
    write("HTTP/1.1 100 Continue\r\n\r\n");
  }
  return true;
}

// False when the proxy's word cannot be understood; the request has been rejected then.
bool HttpConnection::find_client(const RequestFields& fields) {
  const auto client =
      forwarded_client(socket_address_, read_forwarding(fields), options_.trusted_proxies);
  if (!client) {
    reject({400, client.error().message()});
    return false;
  }
  peer_.address = client->to_string();
  peer_.site = site_of(*client).to_string();
  return true;
}

// False when the body is not read; the request has been rejected then.
bool HttpConnection::admits_large_body() {
  const auto wrong = endpoint_.admit_large_body(head_);
  if (wrong) reject(*wrong);
  return !wrong;
}

bool HttpConnection::process_body() {
  RequestParser::Parser& parser = **parser_;
  if (!parser.is_done()) {
    if (in_.empty()) return false;
    boost::system::error_code ec;
    const std::size_t used = put(parser, in_, ec);
    in_.erase(0, used);
    // A chunk's header or the trailer is taken only as a whole, so it has to end somewhere.
    if (used == 0 && in_.size() > options_.max_header_bytes) ec = http::error::header_limit;
    if (ec && ec != http::error::need_more) {
      reject(rejection_for(ec));
      return false;
    }
    const bool has_grown_large = parser.chunked() && parser.get().body().size() > kLargeBodyBytes;
    if (!parser.is_done() && has_grown_large && !admits_large_body()) return false;
    if (!parser.is_done()) return used != 0 && !in_.empty();
  }
  state_ = State::kAnswering;
  deadline_ = Clock::time_point::max();  // a tool has its own
  std::string body = std::move(parser.get().body());
  parser_.reset();
  endpoint_.handle(shared_from_this(), std::move(head_), std::move(body));
  return true;
}

// Nothing after a malformed request can be trusted to be where it seems to be.
void HttpConnection::reject(const Rejection& rejection) {
  answers_head_ = false;
  keep_alive_ = false;
  parser_.reset();  // and what there is of a body, which may be large
  state_ = State::kAnswering;
  std::string body = rejection.body;
  if (body.empty()) {
    body = R"({"jsonrpc":"2.0","error":{"code":-32600,"message":)";
    append_json_string(body, "Invalid HTTP request: " + rejection.reason);
    body += "}}";
  }
  respond({rejection.status, "application/json", std::move(body), rejection.headers});
}

ResponseContext HttpConnection::response_context() const {
  return {.keep_alive = keep_alive_, .secure = stream_.is_secure(), .date = http_date()};
}

void HttpConnection::respond(const HttpResponse& response) {
  if (state_ == State::kClosed) return;
  counts_.responded(response.status);
  std::string bytes = format_response(response, response_context());
  if (answers_head_) bytes.resize(bytes.size() - response.body.size());
  write(std::move(bytes));
  request_done();
}

void HttpConnection::begin_stream(std::string_view headers) {
  if (state_ == State::kClosed) return;
  set_streaming(true);
  counts_.responded(200);
  // An HTTP/1.0 client knows the end of the stream by the end of the connection.
  if (head_.http_1_0) keep_alive_ = false;
  write(format_stream_head(!head_.http_1_0, headers, response_context()));
}

bool HttpConnection::send_event(const ServerEvent& event, bool may_drop) {
  if (state_ == State::kClosed) return false;
  if (may_drop && out_.size() > kMaxUnreadEventBytes) return false;
  write(format_event(event, !head_.http_1_0));
  return true;
}

void HttpConnection::end_stream() {
  if (state_ == State::kClosed) return;
  if (!head_.http_1_0) write(std::string{kLastChunk});
  set_streaming(false);
  request_done();
}

void HttpConnection::set_streaming(bool streaming) noexcept {
  if (std::exchange(streaming_, streaming) == streaming) return;
  counts_.streaming += streaming ? 1 : std::size_t{0} - 1;
}

void HttpConnection::request_done() {
  if (state_ == State::kClosed) return;
  has_answered_ = true;
  abort_ = nullptr;
  tick_ = nullptr;
  if (!keep_alive_ || finishing_) {
    last_answer_given_ = true;
    if (!writing_) linger();
    return;
  }
  state_ = State::kHead;
  if (!writing_) set_deadline(in_.empty() ? options_.idle_timeout : options_.header_timeout);
  // The next request may be here already; it is looked at from the event loop, not from inside
  // whatever has just answered this one.
  if (!in_.empty() && !processing_) {
    asio::post(stream_.socket().get_executor(), [self = shared_from_this()] { self->process(); });
  }
  read();
}

void HttpConnection::write(std::string bytes) {
  if (state_ == State::kClosed) return;
  last_write_ = Clock::now();
  counts_.bytes_out += bytes.size();
  if (writing_) {
    out_ += bytes;
    return;
  }
  boost::system::error_code ec;
  const std::size_t sent = stream_.write_some(asio::buffer(bytes), ec);
  if (ec && ec != asio::error::would_block && ec != asio::error::try_again) {
    close();
    return;
  }
  if (!ec && sent == bytes.size()) return;
  bytes.erase(0, ec ? 0 : sent);
  sending_ = std::move(bytes);
  write_rest();
}

void HttpConnection::write_rest() {
  writing_ = true;
  set_deadline(options_.write_timeout);
  stream_.async_write_some(
      asio::buffer(sending_),
      [self = shared_from_this()](const boost::system::error_code& ec, std::size_t size) {
        self->on_written(ec, size);
      });
}

void HttpConnection::on_written(const boost::system::error_code& ec, std::size_t size) {
  writing_ = false;
  if (state_ == State::kClosed) return;
  if (ec) {
    close();
    return;
  }
  sending_.erase(0, size);
  if (sending_.empty()) sending_.swap(out_);
  if (!sending_.empty()) {
    write_rest();
  } else if (last_answer_given_) {
    linger();
  } else {
    written();
  }
}

// The client has taken everything; what it sent meanwhile comes next.
void HttpConnection::written() {
  switch (state_) {
    case State::kHead:
      if (finishing_ && in_.empty()) {
        close();
        return;
      }
      set_deadline(in_.empty() ? options_.idle_timeout : options_.header_timeout);
      process();
      break;
    case State::kBody:
      set_deadline(options_.body_timeout);
      break;
    default:
      set_deadline(std::chrono::milliseconds::max());
  }
  read();
}

void HttpConnection::linger() {
  state_ = State::kLingering;
  stream_.shutdown_send();
  set_deadline(kLingerTime);
  read();
}

void HttpConnection::announce_end() {
  end_announced_ = true;
  // The head of a stream that has begun has said something else; its connection takes one more.
  if (!streaming_) keep_alive_ = false;
}

bool HttpConnection::is_about_to_ask() const noexcept {
  switch (state_) {
    case State::kHandshake:
    case State::kBody:
      return true;
    case State::kHead:
      return !has_answered_ || !in_.empty();
    default:
      return false;
  }
}

void HttpConnection::finish() {
  finishing_ = true;
  if (state_ == State::kHandshake || (is_idle() && in_.empty())) close();
}

void HttpConnection::sweep(Clock::time_point now) {
  if (state_ == State::kClosed) return;
  if (now >= deadline_) {
    // Whoever sends its body too slowly still reads; of the other states there is nothing to
    // answer.
    if (state_ == State::kBody && !writing_) {
      reject({408, "the body did not arrive in time"});
    } else {
      close();
    }
    return;
  }
  // A copy: what is called may end the request, and with it the function.
  if (const auto tick = tick_) tick(now);
  if (streaming_ && !writing_ && now - last_write_ >= options_.sse_keepalive) {
    write(format_keepalive(!head_.http_1_0));
  }
}

void HttpConnection::close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  set_streaming(false);
  const auto self = shared_from_this();
  stream_.close();
  // From the event loop: whoever is writing to us right now must not find its call gone below it.
  if (abort_) asio::post(stream_.socket().get_executor(), std::exchange(abort_, nullptr));
  closed_(*this);
}

void HttpConnection::set_deadline(std::chrono::milliseconds from_now) {
  deadline_ = from_now == std::chrono::milliseconds::max() ? Clock::time_point::max()
                                                           : Clock::now() + from_now;
}

}  // namespace toolpost::transport
