// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_audit.hpp"

#include "audit/chain_check.hpp"
#include "audit/directory.hpp"
#include "audit/seal_key.hpp"

#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace toolpost::cli {
namespace {

using ops::Finding;

// Less than this is soon used up by a busy server.
constexpr std::uint64_t kLittleAuditRoom = std::uint64_t{256} << 20;
constexpr std::uint64_t kFewAuditFiles = 1'000;

// More than this takes longer than somebody waits who looks for a fault.
constexpr std::uint64_t kQuickly = std::uint64_t{256} << 20;

std::uint64_t bytes_of(const audit::Directory& directory, const std::vector<std::string>& names) {
  std::uint64_t bytes = 0;
  for (const std::string& name : names) {
    struct stat status {};

    if (::fstatat(directory.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
      bytes += static_cast<std::uint64_t>(status.st_size);
    }
  }
  return bytes;
}

Finding damaged(const audit::Damage& damage) {
  std::string text = "chain " + damage.chain;
  if (damage.seq != 0) text += ", record " + std::to_string(damage.seq);
  return ops::fault("audit.records", text + ": " + damage.what,
                    "keep the directory as it is, see toolpost audit verify, and follow the plan "
                    "for incidents; toolpost backup verify proves an earlier copy");
}

// All of the ledger, or of a large one the newest chain.
Finding check_records(const audit::Directory& directory, const audit::SealKey& key) {
  const auto names = directory.names();
  const auto segments = directory.segments();
  if (!names || !segments) {
    return ops::fault("audit.records", (names ? segments.error() : names.error()).message(),
                      "run this as the user that runs the server");
  }
  if (segments->empty()) return {Finding::State::kOk, "audit.records", "there are none yet"};
  const audit::VerifyKeys keys{key.public_key()};
  if (bytes_of(directory, *names) <= kQuickly) {
    const auto report = audit::verify(directory, {.keys = keys});
    if (!report)
      return ops::fault("audit.records", report.error().message(), "see toolpost audit verify");
    if (!report->damages.empty()) return damaged(report->damages.front());
    return {Finding::State::kOk, "audit.records",
            "sound, " + std::to_string(report->records) + " records"};
  }
  std::uint64_t bytes = 0;
  const auto& [name, numbers] = *segments->rbegin();
  const auto chain = audit::check_chain(directory, name, numbers, keys, &bytes);
  if (!chain)
    return ops::fault("audit.records", chain.error().message(), "see toolpost audit verify");
  if (chain->damage) return damaged(*chain->damage);
  return {Finding::State::kOk, "audit.records",
          "the newest chain is sound; toolpost audit verify proves the others"};
}

Finding check_room(const audit::Directory& directory) {
  struct statvfs room {};

  if (::fstatvfs(directory.fd(), &room) != 0) {
    return {Finding::State::kWarning, "audit.room",
            "how much room " + directory.path() + " has cannot be found out"};
  }
  const std::uint64_t bytes = std::uint64_t{room.f_bavail} * room.f_frsize;
  std::string text = directory.path() + " has room for " + std::to_string(bytes >> 20) + " MiB";
  // A file system without a table of inodes says that it has none.
  const bool counts_files = room.f_files != 0;
  if (counts_files) text += " and " + std::to_string(room.f_favail) + " files";
  text += "; when it is full no call is taken";
  const std::string remedy =
      "make room there, or move the audit: audit.directory; audit.retain_days removes old records";
  if (bytes == 0 || (counts_files && room.f_favail == 0)) {
    return ops::fault("audit.room", text, remedy);
  }
  if (bytes < kLittleAuditRoom || (counts_files && room.f_favail < kFewAuditFiles)) {
    return {Finding::State::kWarning, "audit.room", text, remedy};
  }
  return {Finding::State::kOk, "audit.room", text};
}

}  // namespace

void check_audit(const config::Config& config, std::vector<Finding>& findings) {
  const config::Audit& options = config.audit;
  if (!options.enabled) {
    findings.push_back({Finding::State::kWarning, "audit.enabled",
                        "audit.enabled is false: nothing of what happens is recorded"});
    return;
  }
  const auto directory = audit::Directory::open(options.directory);
  if (directory) {
    findings.push_back({Finding::State::kOk, "audit.directory", options.directory});
    findings.push_back(check_room(*directory));
  } else if (directory.error().code() == Errc::kNotFound) {
    findings.push_back({Finding::State::kOk, "audit.directory",
                        options.directory + " is made by the first start"});
  } else {
    findings.push_back(ops::fault("audit.directory", directory.error().message(),
                                  "run this as the user that runs the server; the directory is "
                                  "its own: chmod 700 '" +
                                      options.directory + "'"));
  }
  const auto key = audit::SealKey::load(options.key_file);
  const auto segments = directory ? directory->segments() : directory.error();
  const bool has_records = segments && !segments->empty();
  if (key) {
    if (!has_records) {
      findings.push_back({Finding::State::kWarning, "audit.directory",
                          options.key_file + " is there, and " + options.directory +
                              " has no record: a first start is still to come, or they are gone",
                          "if there have been some: toolpost backup restore --only audit"});
    }
    findings.push_back(
        {Finding::State::kOk, "audit.key", options.key_file + ", id " + key->public_key().id()});
    if (directory) findings.push_back(check_records(*directory, *key));
  } else if (key.error().code() == Errc::kNotFound && has_records) {
    findings.push_back(ops::fault(
        "audit.key",
        options.key_file + " is gone, and " + options.directory + " holds records that it sealed",
        "restore it: toolpost backup restore --help; or move the records aside and begin anew"));
  } else if (key.error().code() == Errc::kNotFound) {
    findings.push_back(
        {Finding::State::kOk, "audit.key", options.key_file + " is made by the first start"});
  } else {
    findings.push_back(ops::fault("audit.key", key.error().message(),
                                  "run this as the user that runs the server, with mode 600; where "
                                  "the key is lost, restore it: toolpost backup restore --help"));
  }
  if (options.on_failure == "allow") {
    findings.push_back({Finding::State::kWarning, "audit.on_failure",
                        "audit.on_failure is allow: calls go on when they cannot be recorded"});
  }

  struct stat status {};

  if (!options.anchor_file.empty() && ::stat(options.anchor_file.c_str(), &status) != 0) {
    const auto above = std::filesystem::path{options.anchor_file}.parent_path().string();
    Finding finding = ops::check_directory("audit.anchor", above, true);
    if (finding.state != Finding::State::kOk) findings.push_back(std::move(finding));
  }
  if (options.anchor_file.empty()) {
    findings.push_back({Finding::State::kOk, "audit.anchor",
                        "there is no second place; a ledger that is taken back as a whole is found "
                        "only with what toolpost audit anchor printed before"});
  }
}

}  // namespace toolpost::cli
