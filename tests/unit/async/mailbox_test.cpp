// SPDX-License-Identifier: Apache-2.0
#include "async/mailbox.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace toolpost;

TEST_CASE("mailbox: values of many threads arrive, each thread's in its order") {
  boost::asio::io_context io{1};
  std::vector<std::vector<int>> received(4);
  std::size_t total = 0;
  async::Mailbox<std::pair<std::size_t, int>> mailbox{
      io, [&](std::pair<std::size_t, int> value) {
        received[value.first].push_back(value.second);
        if (++total == 4000) io.stop();
      }};
  auto work = boost::asio::make_work_guard(io);
  std::vector<std::thread> senders;
  for (std::size_t sender = 0; sender < 4; ++sender) {
    senders.emplace_back([&, sender] {
      for (int i = 0; i < 1000; ++i) mailbox.send({sender, i});
    });
  }
  io.run();
  for (std::thread& sender : senders) sender.join();
  for (const auto& values : received) {
    REQUIRE(values.size() == 1000);
    CHECK(std::is_sorted(values.begin(), values.end()));
  }
}

TEST_CASE("mailbox: what comes after close is dropped") {
  boost::asio::io_context io{1};
  int count = 0;
  async::Mailbox<int> mailbox{io, [&](int) { ++count; }};
  mailbox.send(1);
  mailbox.close();
  mailbox.send(2);
  io.run();
  CHECK(count == 0);
}
