// SPDX-License-Identifier: Apache-2.0
// A closed-loop HTTP load generator on one thread: every connection sends the same request, waits
// for the whole answer, checks it, and sends again. Prints one JSON object with rate and latencies.
#include "answer_reader.hpp"
#include "latencies.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kWarmUpShare = 0.2;
constexpr int kMaxEvents = 256;
constexpr int kPollMs = 100;
constexpr std::size_t kReadSize = 65536;

[[noreturn]] void fail(std::string_view what, std::string_view detail) {
  std::fprintf(stderr, "load: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(detail.size()), detail.data());
  std::exit(1);
}

[[noreturn]] void fail_with_errno(std::string_view what) {
  fail(what, std::strerror(errno));
}

struct Options {
  std::uint16_t port = 0;
  unsigned connections = 0;
  double seconds = 0;
  std::string request;
  std::string expected;
};

template <class T>
T number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail("not a number", text);
  return value;
}

Options parse(int argc, char** argv) {
  if (argc != 6) fail("usage", "bench-load PORT CONNECTIONS SECONDS REQUEST-FILE EXPECTED-TEXT");
  std::ifstream file(argv[4], std::ios::binary);
  Options options{number<std::uint16_t>(argv[1]), number<unsigned>(argv[2]),
                  number<double>(argv[3]), std::string(std::istreambuf_iterator<char>(file), {}),
                  argv[5]};
  if (options.request.empty()) fail("no request in", argv[4]);
  return options;
}

struct Connection {
  int fd = -1;
  Clock::time_point sent;
  bench::AnswerReader reader;
};

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)), epoll_(epoll_create1(0)) {
    if (epoll_ < 0) fail_with_errno("epoll_create1");
    connections_.resize(options_.connections);
    for (std::size_t index = 0; index < connections_.size(); ++index) open(index);
  }

  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  ~Load() {
    for (const Connection& connection : connections_) ::close(connection.fd);
    ::close(epoll_);
  }

  void run() {
    const auto total = std::chrono::duration<double>(options_.seconds);
    const auto start = Clock::now();
    const auto end = start + std::chrono::duration_cast<Clock::duration>(total);
    counts_from_ = start + std::chrono::duration_cast<Clock::duration>(total * kWarmUpShare);
    for (Connection& connection : connections_) send(connection);
    while (Clock::now() < end) wait_once();
    report(std::chrono::duration<double>(Clock::now() - counts_from_).count());
  }

 private:
  void open(std::size_t index) {
    Connection& connection = connections_[index];
    connection.fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(connection.fd, generic, sizeof(address)) != 0) fail_with_errno("connect");
    const int on = 1;
    ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) != 0)
      fail_with_errno("epoll_ctl");
  }

  // The socket blocks, so a request that does not fit at once is still sent whole.
  void send(Connection& connection) {
    connection.sent = Clock::now();
    std::string_view left = options_.request;
    while (!left.empty()) {
      const ssize_t size = ::send(connection.fd, left.data(), left.size(), MSG_NOSIGNAL);
      if (size < 0) fail_with_errno("send");
      left.remove_prefix(static_cast<std::size_t>(size));
    }
  }

  void wait_once() {
    std::array<epoll_event, kMaxEvents> events;
    const int ready = ::epoll_wait(epoll_, events.data(), kMaxEvents, kPollMs);
    if (ready < 0) fail_with_errno("epoll_wait");
    for (int i = 0; i < ready; ++i) {
      receive(connections_[events[static_cast<std::size_t>(i)].data.u64]);
    }
  }

  void receive(Connection& connection) {
    const ssize_t size = ::recv(connection.fd, buffer_.data(), buffer_.size(), 0);
    if (size <= 0) fail("the server closed a connection", size < 0 ? std::strerror(errno) : "");
    const std::string_view data(buffer_.data(), static_cast<std::size_t>(size));
    switch (connection.reader.feed(data)) {
      case bench::AnswerReader::State::kIncomplete:
        return;
      case bench::AnswerReader::State::kBad:
        fail("not one whole answer with status 200", connection.reader.text());
      case bench::AnswerReader::State::kComplete:
        break;
    }
    if (connection.reader.text().find(options_.expected) == std::string_view::npos) {
      fail("the answer lacks the expected text", connection.reader.text());
    }
    const auto now = Clock::now();
    if (now >= counts_from_) latencies_.add(now - connection.sent);
    connection.reader.reset();
    send(connection);
  }

  void report(double seconds) const {
    std::printf("{\"answers\": %zu, \"rate\": %.1f, \"p50_us\": %.2f, \"p99_us\": %.2f}\n",
                latencies_.count(), static_cast<double>(latencies_.count()) / seconds,
                latencies_.quantile_us(0.50), latencies_.quantile_us(0.99));
  }

  Options options_;
  int epoll_;
  std::vector<Connection> connections_;
  std::array<char, kReadSize> buffer_;
  Clock::time_point counts_from_;
  bench::Latencies latencies_;
};

}  // namespace

int main(int argc, char** argv) {
  Load(parse(argc, argv)).run();
  return 0;
}
