// SPDX-License-Identifier: Apache-2.0
#include "identity/user_store.hpp"

#include "unit/identity/user_place.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace toolpost;
using namespace toolpost::identity;
using testing::UserPlace;

namespace {

constexpr UnixSeconds kNow = 1'800'000'000;
constexpr UnixSeconds kDay = 86'400;

const std::string kChosenKey = "chosen-key-0123456789-abcdefghijk";

Issued create(const UserStore& store, const std::string& name, const std::string& role = "user",
              KeyWish wish = {}) {
  auto issued = store.create({name, role, std::move(wish)}, kNow);
  REQUIRE_MESSAGE(issued.has_value(), (issued ? "" : issued.error().message()));
  return std::move(*issued);
}

std::shared_ptr<const UserTable> table_of(const UserStore& store) {
  auto table = store.read();
  REQUIRE_MESSAGE(table.has_value(), (table ? "" : table.error().message()));
  return *table;
}

std::optional<Principal> who(const UserStore& store, const Secret& key, UnixSeconds now = kNow) {
  return table_of(store)->find(digest_of(key.reveal()), now);
}

template <class T>
void check_error(const Result<T>& result, Errc code, const std::string& part) {
  REQUIRE(!result.has_value());
  CHECK(result.error().code() == code);
  CHECK_MESSAGE(result.error().message().find(part) != std::string::npos, result.error().message());
}

}  // namespace

TEST_CASE("user store: without a file there is nobody, and that is no error") {
  const UserPlace place;
  const UserStore store = place.store();
  const auto table = table_of(store);
  CHECK(!table->exists());
  CHECK(store.list()->users.empty());
  CHECK(!std::filesystem::exists(place.directory()));
}

TEST_CASE("user store: the first admin is made once") {
  const UserPlace place;
  const UserStore store = place.store();
  const auto issued = store.create_first_admin({"root", "admin", {}}, kNow);
  REQUIRE(issued.has_value());
  CHECK(who(store, issued->key) ==
        Principal{"root", "admin", issued->user.keys[0].id, issued->user.created_at});
  CHECK(place.mode_of(place.directory()) == 0700);
  CHECK(place.mode_of(place.file()) == 0600);
  CHECK(place.content().find(issued->key.reveal()) == std::string::npos);
  const std::string before = place.content();
  check_error(store.create_first_admin({"other", "admin", {}}, kNow), Errc::kExists,
              "users recover");
  CHECK(place.content() == before);
}

TEST_CASE("user store: a file that provably has no user allows a first admin, a damaged one not") {
  const UserPlace place;
  place.write(R"({"users":[]})");
  CHECK(place.store().create_first_admin({"root", "admin", {}}, kNow).has_value());
  for (const char* text : {"{", "null", R"({"users":[{}]})", R"({"users":null})"}) {
    place.write(text);
    check_error(place.store().create_first_admin({"root", "admin", {}}, kNow), Errc::kDenied,
                "is damaged");
    check_error(place.store().read(), Errc::kDenied, "is damaged");
    CHECK(place.content() == text);
  }
}

TEST_CASE("user store: the older format is upgraded by the first write, keys keep working") {
  const UserPlace place;
  place.write(R"({"users":[{"username":"ann","api_key_hash":")" + to_hex(digest_of(kChosenKey)) +
              R"(","role":"admin","created_at":"2026-01-31T12:00:00.123456"}]})");
  const UserStore store = place.store();
  const auto before = who(store, Secret{kChosenKey});
  REQUIRE(before);
  create(store, "bob");
  CHECK(place.content().starts_with("{\"format\":2,\"version\":1,"));
  CHECK(who(store, Secret{kChosenKey}) == before);
}

TEST_CASE("user store: a user has the name, role and key that were asked for") {
  const UserPlace place;
  const UserStore store = place.store();
  const Issued ann = create(store, "ann", "admin", {.key = Secret{kChosenKey}});
  CHECK(ann.key.reveal() == kChosenKey);
  CHECK(who(store, Secret{kChosenKey})->name == "ann");
  const Issued bob = create(store, "bob", "auditor", {.expires_at = kNow + kDay});
  CHECK(key_id_of(bob.key.reveal()) == std::string_view{bob.user.keys[0].id});
  CHECK(who(store, bob.key)->role == "auditor");
  CHECK(!who(store, bob.key, kNow + kDay));
}

TEST_CASE("user store: names, roles and keys that break a rule are refused") {
  const UserPlace place;
  const UserStore store = place.store();
  create(store, "ann", "admin", {.key = Secret{kChosenKey}});
  const std::string before = place.content();
  for (const std::string& name :
       {std::string{}, std::string{"Ann"}, std::string{"a b"}, std::string{"-a"},
        std::string{"../x"}, std::string{"__proto__"}, std::string{"\u0430nn"}, std::string{"a\nb"},
        std::string(64, 'a'), std::string(10'000, 'a')}) {
    check_error(store.create({name, "user", {}}, kNow), Errc::kInvalid, "a username is");
  }
  for (const char* name : {"legacy", "local", "anonymous"}) {
    check_error(store.create({name, "user", {}}, kNow), Errc::kInvalid, "reserved");
  }
  CHECK(check_username(std::string(63, 'a')).has_value());
  check_error(store.create({"bob", "root", {}}, kNow), Errc::kInvalid, "admin, user, auditor");
  check_error(store.create({"bob", "Root", {}}, kNow), Errc::kInvalid, "a role is");
  check_error(store.create({"ann", "user", {}}, kNow), Errc::kExists, "ann");
  check_error(store.create({"bob", "user", {.key = Secret{kChosenKey}}}, kNow), Errc::kExists,
              "in use");
  check_error(store.create({"bob", "user", {.key = Secret{"short"}}}, kNow), Errc::kInvalid,
              "the API key: is shorter");
  check_error(store.create({"bob", "user", {.expires_at = kNow}}, kNow), Errc::kInvalid, "future");
  CHECK(place.content() == before);
}

TEST_CASE("user store: a removed user's key is worth nothing") {
  const UserPlace place;
  const UserStore store = place.store();
  create(store, "ann", "admin");
  const Issued bob = create(store, "bob");
  REQUIRE(store.remove("bob", kNow).has_value());
  CHECK(!who(store, bob.key));
  check_error(store.remove("bob", kNow), Errc::kNotFound, "bob");
  check_error(store.remove("no\nname", kNow), Errc::kInvalid, "a username is");
}

TEST_CASE("user store: a rotated key lives for its grace period, and only the newest does") {
  const UserPlace place;
  const UserStore store = place.store();
  const Issued first = create(store, "ann", "admin");
  const auto second = store.rotate_key("ann", {}, 100, kNow);
  REQUIRE(second.has_value());
  CHECK(who(store, first.key, kNow + 99));
  CHECK(!who(store, first.key, kNow + 100));
  CHECK(who(store, second->key, kNow + kDay));
  const auto third = store.rotate_key("ann", {}, 100, kNow + 10);
  REQUIRE(third.has_value());
  CHECK(third->user.keys.size() == 2);
  CHECK(!who(store, first.key, kNow + 20));
  CHECK(who(store, second->key, kNow + 20));
  const auto fourth = store.rotate_key("ann", {}, 0, kNow + 30);
  REQUIRE(fourth.has_value());
  CHECK(fourth->user.keys.size() == 1);
  CHECK(!who(store, third->key, kNow + 30));
  check_error(store.rotate_key("ann", {}, -1, kNow), Errc::kInvalid, "grace_s");
  check_error(store.rotate_key("nobody", {}, 0, kNow), Errc::kNotFound, "nobody");
}

TEST_CASE("user store: a rotation never lengthens the life of an old key") {
  const UserPlace place;
  const UserStore store = place.store();
  create(store, "ann", "admin");
  const Issued bob = create(store, "bob", "user", {.expires_at = kNow + 10});
  REQUIRE(store.rotate_key("bob", {}, kDay, kNow).has_value());
  CHECK(!who(store, bob.key, kNow + 10));
}

TEST_CASE("user store: a disabled user stays out until enabled") {
  const UserPlace place;
  const UserStore store = place.store();
  create(store, "ann", "admin");
  const Issued bob = create(store, "bob");
  REQUIRE(store.set_disabled("bob", true, kNow).has_value());
  CHECK(!who(store, bob.key));
  REQUIRE(store.set_disabled("bob", false, kNow).has_value());
  CHECK(who(store, bob.key));
}

TEST_CASE("user store: the last admin can be neither deleted, demoted, disabled nor let expire") {
  const UserPlace place;
  const UserStore store = place.store();
  create(store, "ann", "admin");
  create(store, "bob");
  create(store, "cleo", "admin", {.expires_at = kNow + kDay});
  const std::string before = place.content();
  const char* part = "no user would be left";
  check_error(store.remove("ann", kNow), Errc::kState, part);
  check_error(store.set_role("ann", "user", kNow), Errc::kState, part);
  check_error(store.set_disabled("ann", true, kNow), Errc::kState, part);
  check_error(store.rotate_key("ann", {.expires_at = kNow + kDay}, kDay, kNow), Errc::kState, part);
  CHECK(place.content() == before);
  create(store, "dora", "admin");
  CHECK(store.remove("ann", kNow).has_value());
}

TEST_CASE("user store: where every admin's key expires, one that counts still has to stay") {
  const UserPlace place;
  const UserStore store = place.store();
  create(store, "ann", "admin", {.expires_at = kNow + kDay});
  create(store, "bob", "admin", {.expires_at = kNow + kDay});
  CHECK(store.remove("ann", kNow).has_value());
  check_error(store.remove("bob", kNow), Errc::kState, "no user would be left");
  CHECK(store.set_role("bob", "user", kNow + kDay).has_value());  // it is worth nothing by now
}

TEST_CASE("user store: an admin is recovered with a new key, others are not") {
  const UserPlace place;
  const UserStore store = place.store();
  const Issued ann = create(store, "ann", "admin");
  create(store, "bob", "admin");
  create(store, "cleo");
  REQUIRE(store.set_disabled("ann", true, kNow).has_value());
  const auto recovered = store.recover_admin("ann", {}, kNow);
  REQUIRE(recovered.has_value());
  CHECK(!who(store, ann.key));
  CHECK(who(store, recovered->key)->role == "admin");
  check_error(store.recover_admin("cleo", {}, kNow), Errc::kDenied, "no admin");
  check_error(store.recover_admin("nobody", {}, kNow), Errc::kNotFound, "nobody");
}

TEST_CASE("user store: an unchanged file gives back the table that is known") {
  const UserPlace place;
  const UserStore store = place.store();
  const auto absent = table_of(store);
  CHECK(*store.read(absent) == absent);
  create(store, "ann", "admin");
  const auto first = *store.read(absent);
  CHECK(first != absent);
  CHECK(*store.read(first) == first);
  create(store, "bob");
  const auto second = *store.read(first);
  CHECK(second != first);
  CHECK(second->version() == first->version() + 1);
  std::filesystem::remove_all(place.directory());
  CHECK(!(*store.read(second))->exists());
}

TEST_CASE("user store: uses are recorded coarsely and bring nobody back") {
  const UserPlace place;
  const UserStore store = place.store();
  const Issued ann = create(store, "ann", "admin");
  const Issued bob = create(store, "bob");
  const std::string ann_key = ann.user.keys[0].id;
  REQUIRE(store.record_uses(std::vector<KeyUse>{{"ann", ann_key, kNow + 5}}).has_value());
  CHECK(store.list()->users[0].keys[0].last_used_at == kNow + 5);
  const std::string before = place.content();
  REQUIRE(store.record_uses(std::vector<KeyUse>{{"ann", ann_key, kNow + 5 + 3599}}).has_value());
  CHECK(place.content() == before);
  REQUIRE(store.remove("bob", kNow).has_value());
  REQUIRE(store
              .record_uses(std::vector<KeyUse>{{"bob", bob.user.keys[0].id, kNow + 9},
                                               {"ann", "zzzzzzzz", kNow + 9},
                                               {"ann", ann_key, kNow + 5 + 3600}})
              .has_value());
  const auto records = store.list();
  REQUIRE(records->users.size() == 1);
  CHECK(records->users[0].keys[0].last_used_at == kNow + 5 + 3600);
}

TEST_CASE("user store: a use that a clock ahead of its time has recorded is replaced") {
  const UserPlace place;
  const UserStore store = place.store();
  const std::string key = create(store, "ann", "admin").user.keys[0].id;
  REQUIRE(store.record_uses(std::vector<KeyUse>{{"ann", key, kNow + 30 * kDay}}).has_value());
  REQUIRE(store.record_uses(std::vector<KeyUse>{{"ann", key, kNow + 5}}).has_value());
  CHECK(store.list()->users[0].keys[0].last_used_at == kNow + 5);
}

TEST_CASE("user store: threads that race leave one first admin and lose nothing") {
  const UserPlace place;
  std::atomic<int> firsts{0};
  std::atomic<int> made{0};
  constexpr int kThreads = 4;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const UserStore store = place.store();
      if (store.create_first_admin({"first-" + std::to_string(t), "admin", {}}, kNow)) ++firsts;
      for (int i = 0; i < 5; ++i) {
        const std::string name = "user-" + std::to_string(t) + "-" + std::to_string(i);
        if (store.create({name, "user", {}}, kNow)) ++made;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(firsts == 1);
  CHECK(made == 20);
  CHECK(place.store().list()->users.size() == 21);
  CHECK(place.store().list()->version == 21);
}
