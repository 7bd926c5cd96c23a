// SPDX-License-Identifier: Apache-2.0
#include "transport/session_table.hpp"

#include "unit/sdk/scratch_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

using namespace toolpost;
using transport::EndedSessions;
using transport::SessionTable;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kCapacity = 8;
constexpr std::int64_t kNow = 1'800'000'000;

std::shared_ptr<call::LegacySession> session() {
  return call::LegacySession::resume(mcp::Version::k2025_06_18,
                                     {.json = R"({"clientInfo":{"name":"c"}})", .features = 5});
}

// One replica. Those with the same keys and directory are replicas of each other.
struct Replica {
  explicit Replica(const identity::SealKeys& keys, std::string directory = {})
      : ended(io, pool, std::move(directory), *log), table(kCapacity, 1h, keys, ended) {
    REQUIRE(ended.load().has_value());
  }

  std::string add(const std::string& owner) { return *table.add(session(), owner, kNow); }

  bool has(const std::string& id, std::string_view owner, std::int64_t now = kNow) {
    return table.find(id, owner, now) != nullptr;
  }

  boost::asio::io_context io;
  async::WorkerPool pool{1};
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  EndedSessions ended;
  SessionTable table;
};

struct Waiting final : call::Responder {
  void notify(std::string) override {}

  bool deliver(std::string) override { return true; }

  bool can_stream() const override { return true; }

  bool ask(std::string) override { return true; }

  void answer(mcp::Answer) override {}
};

}  // namespace

TEST_CASE("sessions: one is found by its id and its owner, and by nobody else") {
  const auto keys = *identity::SealKeys::make_passing();
  Replica one{keys};
  const std::string id = one.add("ann");
  CHECK(one.has(id, "ann"));
  CHECK_FALSE(one.has(id, "bob"));
  CHECK_FALSE(one.has(id, ""));
  CHECK_FALSE(one.has("0", "ann"));
  CHECK(std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < '\x7f'; }));
}

TEST_CASE("sessions: a replica with the same keys goes on with what the handshake settled") {
  const auto keys = *identity::SealKeys::make_passing();
  Replica one{keys};
  Replica other{keys};
  const std::string id = one.add("ann");
  const auto found = other.table.find(id, "ann", kNow);
  REQUIRE(found != nullptr);
  CHECK(found->legacy->version() == mcp::Version::k2025_06_18);
  CHECK(found->legacy->client().features == 5);
  CHECK(found->legacy->client().json == R"({"clientInfo":{"name":"c"}})");
  CHECK(found->legacy->is_initialized);
  CHECK_FALSE(other.has(id, "bob"));
  const auto others = *identity::SealKeys::make_passing();
  Replica stranger{others};
  CHECK_FALSE(stranger.has(id, "ann"));
}

TEST_CASE("sessions: an id ends after its time, on whichever replica") {
  const auto keys = *identity::SealKeys::make_passing();
  Replica one{keys};
  const std::string id = one.add("ann");
  const std::int64_t end = kNow + std::chrono::seconds{transport::kSessionLife}.count();
  CHECK(one.has(id, "ann", end - 1));
  CHECK_FALSE(one.has(id, "ann", end));
  CHECK_FALSE(Replica{keys}.has(id, "ann", end));
}

TEST_CASE("sessions: one that its client has ended is gone, here and for whoever starts later") {
  const auto keys = *identity::SealKeys::make_passing();
  const sdk::test::ScratchDirectory shared;
  const std::string directory = shared.path().string() + "/ended";
  Replica one{keys, directory};
  const std::string id = one.add("ann");
  const std::string other = one.add("ann");
  REQUIRE(one.table.end(id).has_value());
  CHECK_FALSE(one.has(id, "ann"));
  CHECK(one.has(other, "ann"));
  Replica later{keys, directory};
  CHECK_FALSE(later.has(id, "ann"));
  CHECK(later.has(other, "ann"));
}

TEST_CASE("sessions: one that cannot be written down as ended has not ended") {
  const auto keys = *identity::SealKeys::make_passing();
  const sdk::test::ScratchDirectory shared;
  const std::string directory = shared.path().string() + "/ended";
  Replica one{keys, directory};
  const std::string id = one.add("ann");
  std::filesystem::remove_all(directory);
  CHECK_FALSE(one.table.end(id).has_value());
  CHECK(one.has(id, "ann"));
}

TEST_CASE("sessions: no change of an id leads to another session") {
  const auto keys = *identity::SealKeys::make_passing();
  Replica one{keys};
  const std::string id = one.add("ann");
  for (std::size_t i = 0; i < id.size(); ++i) {
    std::string changed = id;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(one.has(changed, "ann"));
  }
}

TEST_CASE("sessions: a table keeps no more than it has room for, and forgets nobody for good") {
  const auto keys = *identity::SealKeys::make_passing();
  Replica one{keys};
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < 3 * kCapacity; ++i) ids.push_back(one.add("ann"));
  CHECK(one.table.size() == kCapacity);
  CHECK(one.has(ids.front(), "ann"));
  CHECK(one.table.size() == kCapacity);
}

TEST_CASE("sessions: whoever opens too many loses what is kept of their own") {
  const auto keys = *identity::SealKeys::make_passing();
  Replica one{keys};
  const std::string of_bob = one.add("bob");
  one.table.find(of_bob, "bob", kNow)->legacy->log_level = mcp::LogLevel::kInfo;
  for (std::size_t i = 0; i < 10 * kCapacity; ++i) one.add("ann");
  CHECK(one.table.find(of_bob, "bob", kNow)->legacy->log_level.has_value());
}

TEST_CASE("sessions: who waits for an answer is not idle") {
  const auto keys = *identity::SealKeys::make_passing();
  Replica replica{keys};
  const std::string id = replica.add("ann");
  const auto start = std::chrono::steady_clock::now();
  const auto call = std::make_shared<call::Call>(1, nullptr, nullptr);
  call->responder = std::make_shared<Waiting>();
  replica.table.find(id, "ann", kNow)->calls.add("7", call);
  replica.table.sweep(start + 2h);
  CHECK(replica.table.size() == 1);
  call->responder.reset();  // it has its answer, and its time begins
  replica.table.sweep(start + 2h + 59min);
  CHECK(replica.table.size() == 1);
  replica.table.sweep(start + 3h + 1min);
  CHECK(replica.table.size() == 0);
}
