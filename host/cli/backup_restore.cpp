// SPDX-License-Identifier: Apache-2.0
// backup verify and backup restore: nothing is put anywhere before all of the archive is proven.
#include "backup/archive.hpp"
#include "backup/placing.hpp"
#include "backup/proof.hpp"
#include "cli/backup_passphrase.hpp"
#include "cli/commands.hpp"
#include "config/source_file.hpp"
#include "identity/users_file.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

namespace toolpost::cli {
namespace {

namespace fs = std::filesystem;

// The order in which files take their places: a server that starts in between has no configuration
// yet, rather than one without its users.
constexpr std::string_view kOrder[] = {"audit",  "key",  "users",       "tls",
                                       "policy", "plan", "environment", "config"};

struct Opened {
  backup::Archive archive;
  backup::Proof proof;
  std::vector<backup::SealedFile> secrets;
  bool has_passphrase = false;
};

Result<Opened> open_and_prove(const config::CommandLine& line,
                              const config::Environment& environment) {
  auto archive = backup::Archive::open(line.arguments[0]);
  if (!archive) return archive.error();
  const auto passphrase = backup_passphrase(line.backup, environment);
  // kInvalid means the archive here.
  if (!passphrase) return Error{Errc::kIo, passphrase.error().message()};
  std::vector<backup::SealedFile> secrets;
  if (*passphrase && archive->manifest().sealed) {
    auto opened = archive->unseal(**passphrase);
    if (!opened) return opened.error();
    secrets = std::move(*opened);
  }
  std::optional<audit::Anchors> anchors;
  if (!line.audit.anchor.empty()) {
    const auto text = config::read_source_file(line.audit.anchor);
    if (!text) return Error{Errc::kIo, text.error().message()};
    auto read = audit::read_anchors(*text);
    if (!read) return Error{Errc::kIo, line.audit.anchor + ": " + read.error().message()};
    anchors = std::move(*read);
  }
  std::error_code failed;
  const auto work = fs::temp_directory_path(failed);
  if (failed) return Error{Errc::kIo, "TMPDIR names no directory"};
  const auto proof = backup::prove(*archive, work.string(), anchors);
  if (!proof) return proof.error();
  return Opened{std::move(*archive), *proof, std::move(secrets), passphrase->has_value()};
}

int exit_code_of(const Error& error) {
  return error.code() == Errc::kInvalid ? config::kExitDamaged : config::kExitFailure;
}

void print_left_out(const Opened& opened) {
  const backup::Manifest& manifest = opened.archive.manifest();
  for (const backup::LeftOut& one : manifest.left_out) {
    std::printf("not in it: %s: %s\n", one.what.c_str(), one.why.c_str());
  }
  if (manifest.sealed && !opened.has_passphrase) {
    std::printf("not opened: the secrets, which are sealed; give --passphrase-file\n");
  }
}

// One file that goes somewhere.
struct Wanted {
  backup::FilePlace place;
  std::string_view content;  // the archive's, or that of a secret
  bool redacted = false;
};

const char* without_secrets(const Wanted& one) {
  if (!one.redacted) return "";
  if (one.place.kind == "environment") return " (without its secrets: comments name what had them)";
  return " (without its secrets: [redacted] stands for each)";
}

std::size_t rank(const std::string& kind) {
  return static_cast<std::size_t>(std::find(std::begin(kOrder), std::end(kOrder), kind) -
                                  std::begin(kOrder));
}

// What is sealed comes in the place of what had its secrets taken out.
std::vector<Wanted> wanted_files(const Opened& opened, const std::string& root,
                                 const std::string& only) {
  std::map<std::string, Wanted> by_path;
  for (const backup::Entry& entry : opened.archive.manifest().entries) {
    if (entry.place.path.empty()) continue;
    by_path[entry.place.path] = {entry.place, opened.archive.content(entry.name), entry.redacted};
  }
  for (const backup::SealedFile& secret : opened.secrets) {
    by_path[secret.place.path] = {secret.place, secret.content.reveal()};
  }
  std::vector<Wanted> wanted;
  for (auto& [path, one] : by_path) {
    if (!only.empty() && one.place.kind != only) continue;
    one.place.path = root + one.place.path;
    wanted.push_back(std::move(one));
  }
  std::stable_sort(wanted.begin(), wanted.end(), [](const Wanted& a, const Wanted& b) {
    return rank(a.place.kind) < rank(b.place.kind);
  });
  return wanted;
}

// Takes out what need not be written; an error where something would be lost.
Result<> keep_what_is_there(std::vector<Wanted>& wanted, bool force) {
  std::string in_the_way;
  std::size_t others = 0;
  for (auto one = wanted.begin(); one != wanted.end();) {
    const auto found = backup::look_at(one->place.path, one->content);
    if (!found) return found.error();
    const bool is_audit = one->place.kind == "audit";
    const bool has_it =
        *found == backup::Found::kSame || (is_audit && *found == backup::Found::kLonger);
    if (has_it) {
      std::printf("there already: %s\n", one->place.path.c_str());
      one = wanted.erase(one);
      continue;
    }
    if (is_audit && *found == backup::Found::kOther) {
      return Error{Errc::kExists,
                   one->place.path +
                       " has other records; the audit is never replaced: move its directory away "
                       "first and keep it"};
    }
    if (*found != backup::Found::kNothing && !force) {
      if (in_the_way.empty()) in_the_way = one->place.path;
      ++others;
    }
    ++one;
  }
  if (others == 0) return {};
  return Error{Errc::kExists,
               in_the_way + (others == 1 ? "" : " and " + std::to_string(others - 1) + " more") +
                   " would be replaced; with --force they are, with --root DIR they are put "
                   "elsewhere"};
}

// Keeps a server from changing its users in between.
Result<std::optional<identity::UsersLock>> lock_users(
    const std::vector<Wanted>& wanted, std::optional<identity::UsersDirectory>& directory) {
  using Locked = std::optional<identity::UsersLock>;
  for (const Wanted& one : wanted) {
    if (one.place.kind != "users") continue;
    auto found = identity::UsersDirectory::open(one.place.path);
    // As root the directory is the service's, and the server is stopped.
    if (!found || !*found) return Locked{};
    directory = std::move(**found);
    auto lock = identity::UsersLock::take(*directory, std::chrono::seconds{10});
    if (!lock) return lock.error();
    return Locked{std::move(*lock)};
  }
  return Locked{};
}

Result<std::size_t> restore(const Opened& opened, const config::BackupArguments& arguments) {
  const std::string root =
      arguments.root.empty() ? "" : fs::absolute(arguments.root).lexically_normal().string();
  auto wanted = wanted_files(opened, root.ends_with('/') ? root.substr(0, root.size() - 1) : root,
                             arguments.only);
  if (wanted.empty()) {
    return Error{Errc::kNotFound, "nothing of the kind \"" + arguments.only +
                                      "\" is in the archive, or it is sealed"};
  }
  if (auto kept = keep_what_is_there(wanted, arguments.force); !kept) return kept.error();
  std::optional<identity::UsersDirectory> directory;
  const auto lock = lock_users(wanted, directory);
  if (!lock) return lock.error();
  backup::Placing placing;
  for (const Wanted& one : wanted) {
    if (auto staged = placing.stage(one.place, one.content); !staged) return staged.error();
  }
  if (auto done = placing.commit(); !done) return done.error();
  for (const Wanted& one : wanted) {
    std::printf("restored: %s%s\n", one.place.path.c_str(), without_secrets(one));
  }
  return wanted.size();
}

}  // namespace

int backup_verify(const config::CommandLine& line, const config::Environment& environment) {
  const auto opened = open_and_prove(line, environment);
  if (!opened) return fail("backup verify", opened.error(), exit_code_of(opened.error()));
  const backup::Manifest& manifest = opened->archive.manifest();
  for (const backup::Entry& entry : manifest.entries) {
    if (entry.place.path.empty()) continue;
    std::printf("%-11s %10llu  %s%s\n", entry.place.kind.c_str(),
                static_cast<unsigned long long>(entry.size), entry.place.path.c_str(),
                entry.redacted ? " (without its secrets)" : "");
  }
  for (const backup::SealedFile& secret : opened->secrets) {
    std::printf("%-11s %10zu  %s (sealed)\n", secret.place.kind.c_str(),
                secret.content.reveal().size(), secret.place.path.c_str());
  }
  print_left_out(*opened);
  std::printf("sound: made %s by toolpost %s, %zu users, %llu records of the audit\n",
              manifest.created_at.c_str(), manifest.version.c_str(), opened->proof.users,
              static_cast<unsigned long long>(opened->proof.audit_records));
  if (line.audit.anchor.empty() && opened->proof.has_audit) {
    std::printf(
        "the audit is held against the key in the archive; --anchor takes one kept "
        "elsewhere\n");
  }
  return EXIT_SUCCESS;
}

int backup_restore(const config::CommandLine& line, const config::Environment& environment) {
  const auto opened = open_and_prove(line, environment);
  if (!opened) return fail("backup restore", opened.error(), exit_code_of(opened.error()));
  const auto count = restore(*opened, line.backup);
  if (!count) {
    complain("backup restore: " + count.error().message());
    return config::kExitFailure;
  }
  print_left_out(*opened);
  std::printf("restored %zu files of %s; look at them with: toolpost doctor\n", *count,
              opened->archive.manifest().created_at.c_str());
  return EXIT_SUCCESS;
}

}  // namespace toolpost::cli
