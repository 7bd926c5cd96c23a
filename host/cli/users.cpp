// SPDX-License-Identifier: Apache-2.0
// create-admin, users list and users recover: the user store without a server.
#include "base/utc_time.hpp"
#include "cli/commands.hpp"
#include "cli/issued_key.hpp"
#include "cli/recorded.hpp"
#include "identity/user_store.hpp"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace toolpost::cli {
namespace {

using identity::KeyRecord;
using identity::UserRecord;
using identity::UserStore;

Result<UserStore> open_store(const config::Config& config) {
  if (config.auth.users_file.empty()) {
    return invalid(
        "no place for the user store is known; set auth.users_file (MCP_USERS_FILE) or HOME");
  }
  // No role but admin is given here.
  return UserStore{config.auth.users_file, {}};
}

// Nothing is done, whether that can be recorded or not.
int refuse_second_admin(const config::Config& config, const std::string& username,
                        const UserStore& store) {
  const Error reason = identity::has_users_already(store.path());
  auto recorded = Recorded::begin(config, "create-admin");
  if (recorded) {
    recorded->failed("create-admin", username, reason);
  } else {
    complain(recorded.error().message());
  }
  return fail(reason, config::kExitHasUsers);
}

// The users' file belongs to whoever runs the server; root makes one that it cannot read.
std::string as_whom() {
  return ::geteuid() == 0 ? " It belongs to root: a server that runs as another user refuses it."
                          : "";
}

std::string or_dash(const std::optional<identity::UnixSeconds>& time) {
  return time ? to_utc_time(*time) : "-";
}

void print_line(const char* first, const char* second, const char* third) {
  std::printf("%-24s %-16s %-9s ", first, second, third);
}

void print_user(const UserRecord& user) {
  print_line(user.username.c_str(), user.role.c_str(), user.disabled ? "disabled" : "enabled");
  if (user.keys.empty()) std::puts("no key");
  for (const KeyRecord& key : user.keys) {
    if (&key != &user.keys.front()) print_line("", "", "");
    std::printf("%-9s %-21s %-21s %s\n", key.id.c_str(), to_utc_time(key.created_at).c_str(),
                or_dash(key.last_used_at).c_str(), or_dash(key.expires_at).c_str());
  }
}

std::string newest_key(const UserRecord& user) {
  return user.keys.empty() ? std::string{} : user.keys.back().id;
}

}  // namespace

int create_admin(const config::Config& config, const config::CommandLine& line) {
  const auto store = open_store(config);
  if (!store) return fail(store.error());
  // The store decides, under its lock; this only spares the making of a key that comes to nothing.
  const auto present = store->list();
  if (!present) return fail(present.error());
  if (!present->users.empty()) return refuse_second_admin(config, line.username, *store);
  auto key = IssuedKey::prepare(line);
  if (!key) return fail(key.error());
  auto recorded = Recorded::begin(config, "create-admin");
  if (!recorded) return fail(recorded.error());
  const auto issued = store->create_first_admin(
      {.username = line.username, .role = identity::kAdminRole, .key = key->wish()},
      identity::unix_now());
  if (!issued) {
    recorded->failed("create-admin", line.username, issued.error());
    return fail(issued.error(), issued.error().code() == Errc::kExists ? config::kExitHasUsers
                                                                       : config::kExitFailure);
  }
  const auto sealed = recorded->done("create-admin", line.username, newest_key(issued->user));
  const auto delivered = key->deliver("Made the admin \"" + line.username + "\" in " +
                                      store->path() + "." + as_whom());
  if (!delivered) return fail(delivered.error());
  if (!config.auth.users) {
    complain(
        "users do not count yet: set auth.users, or MCP_ENABLE_USER_AUTH=true, for the server");
  }
  return sealed ? EXIT_SUCCESS : fail(sealed.error());
}

int users_list(const config::Config& config) {
  const auto store = open_store(config);
  if (!store) return fail(store.error());
  const auto records = store->list();
  if (!records) return fail(records.error());
  if (records->users.empty()) {
    std::fprintf(stderr, "There are no users in %s; toolpost create-admin makes the first.\n",
                 store->path().c_str());
    return EXIT_SUCCESS;
  }
  print_line("USERNAME", "ROLE", "STATE");
  std::printf("%-9s %-21s %-21s %s\n", "KEY", "CREATED", "LAST USED", "EXPIRES");
  for (const UserRecord& user : records->users) print_user(user);
  if (std::fflush(stdout) == 0) return EXIT_SUCCESS;
  return fail(Error{Errc::kIo, "cannot write to standard output"});
}

int users_recover(const config::Config& config, const config::CommandLine& line) {
  const auto store = open_store(config);
  if (!store) return fail(store.error());
  auto key = IssuedKey::prepare(line);
  if (!key) return fail(key.error());
  auto recorded = Recorded::begin(config, "users recover");
  if (!recorded) return fail(recorded.error());
  const auto issued = store->recover_admin(line.username, key->wish(), identity::unix_now());
  if (!issued) {
    recorded->failed("recover", line.username, issued.error());
    return fail(issued.error());
  }
  const auto sealed = recorded->done("recover", line.username, newest_key(issued->user));
  const auto delivered = key->deliver("The admin \"" + line.username +
                                      "\" is enabled and has a new key; the old ones are void.");
  if (!delivered) return fail(delivered.error());
  return sealed ? EXIT_SUCCESS : fail(sealed.error());
}

}  // namespace toolpost::cli
