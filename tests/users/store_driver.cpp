// SPDX-License-Identifier: Apache-2.0
// Works on a user store as one of several processes that race: says before each operation what it
// is about to do and after it what came of that, so that whoever kills it knows what must hold.
//   store_driver FILE work NAME SEED COUNT     random operations
//   store_driver FILE once OPERATION USER      a single one: create, delete, promote, ...
#include "identity/user_store.hpp"

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

using namespace toolpost;
using namespace toolpost::identity;

constexpr std::string_view kOwnOperations[] = {"create", "delete",  "disable", "enable",
                                               "rotate", "auditor", "user"};
// Only these users are ever admins, so that the last one is always near.
constexpr std::string_view kSharedOperations[] = {"create-admin", "delete", "disable", "enable",
                                                  "promote",      "user",   "rotate"};
constexpr std::string_view kShared[] = {"boss-0", "boss-1", "boss-2"};
constexpr int kOwnUsers = 6;
constexpr int kOutOfTenShared = 5;

// One write, so that a line is there whole or not at all.
void say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) std::_Exit(EXIT_FAILURE);
}

template <class T>
Result<std::string> nothing_new(const Result<T>& result) {
  if (!result) return result.error();
  return std::string{"-"};
}

// The SHA-256 of the new key, by which the file can be asked for it.
Result<std::string> digest_of_new(const Result<Issued>& issued) {
  if (!issued) return issued.error();
  return to_hex(digest_of(issued->key.reveal()));
}

Result<std::string> carry_out(const UserStore& store, std::string_view operation,
                              const std::string& user) {
  const UnixSeconds now = unix_now();
  if (operation == "create") return digest_of_new(store.create({user, "user", {}}, now));
  if (operation == "create-admin") return digest_of_new(store.create({user, "admin", {}}, now));
  if (operation == "first") return digest_of_new(store.create_first_admin({user, "", {}}, now));
  if (operation == "rotate") return digest_of_new(store.rotate_key(user, {}, 0, now));
  if (operation == "recover") return digest_of_new(store.recover_admin(user, {}, now));
  if (operation == "delete") return nothing_new(store.remove(user, now));
  if (operation == "disable") return nothing_new(store.set_disabled(user, true, now));
  if (operation == "enable") return nothing_new(store.set_disabled(user, false, now));
  if (operation == "promote") return nothing_new(store.set_role(user, "admin", now));
  return nothing_new(store.set_role(user, std::string{operation}, now));
}

std::string_view word_of(Errc code) {
  switch (code) {
    case Errc::kExists:
      return "exists";
    case Errc::kNotFound:
      return "not-found";
    case Errc::kState:
      return "last-admin";
    case Errc::kUnavailable:
      return "unavailable";
    default:
      return "error";
  }
}

int perform(const UserStore& store, std::string_view operation, const std::string& user) {
  const std::string what = std::string{operation} + " " + user;
  say("TRY " + what);
  const auto result = carry_out(store, operation, user);
  if (result) {
    say("OK " + what + " " + *result);
    return EXIT_SUCCESS;
  }
  say("NO " + what + " " + std::string{word_of(result.error().code())});
  if (word_of(result.error().code()) == "error") {
    std::fprintf(stderr, "%s\n", result.error().message().c_str());
  }
  return EXIT_FAILURE;
}

template <std::size_t Size>
std::string_view any_of(const std::string_view (&choices)[Size], std::mt19937_64& random) {
  return choices[random() % Size];
}

int work(const UserStore& store, const std::string& name, std::uint64_t seed, int count) {
  std::mt19937_64 random{seed};
  for (int i = 0; i < count; ++i) {
    if (random() % 10 < kOutOfTenShared) {
      const std::string user{any_of(kShared, random)};
      perform(store, any_of(kSharedOperations, random), user);
    } else {
      const std::string user = name + "-" + std::to_string(random() % kOwnUsers);
      perform(store, any_of(kOwnOperations, random), user);
    }
  }
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments{argv + 1, argv + argc};
  if (arguments.size() == 5 && arguments[1] == "work") {
    return work({arguments[0], {"user", "auditor"}}, arguments[2], std::stoull(arguments[3]),
                std::stoi(arguments[4]));
  }
  if (arguments.size() == 4 && arguments[1] == "once") {
    return perform({arguments[0], {"user", "auditor"}}, arguments[2], arguments[3]);
  }
  std::fputs("usage: store_driver FILE work NAME SEED COUNT | FILE once OPERATION USER\n", stderr);
  return 2;
}
