// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_audit.hpp"

#include "audit/directory.hpp"
#include "audit/seal_key.hpp"

#include <sys/statvfs.h>

namespace toolpost::cli {
namespace {

using ops::Finding;

// Less than this is soon used up by a busy server.
constexpr std::uint64_t kLittleRoom = std::uint64_t{256} << 20;

Finding check_room(const audit::Directory& directory) {
  struct statvfs room {};

  if (::fstatvfs(directory.fd(), &room) != 0) {
    return {Finding::State::kWarning, "audit.room",
            "how much room " + directory.path() + " has cannot be found out"};
  }
  const std::uint64_t bytes = std::uint64_t{room.f_bavail} * room.f_frsize;
  const std::string text = directory.path() + " has room for " + std::to_string(bytes >> 20) +
                           " MiB; when it is full no call is taken";
  return {bytes < kLittleRoom ? Finding::State::kWarning : Finding::State::kOk, "audit.room", text};
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
    findings.push_back({Finding::State::kFault, "audit.directory", directory.error().message()});
  }
  const auto key = audit::SealKey::load(options.key_file);
  if (key) {
    findings.push_back(
        {Finding::State::kOk, "audit.key", options.key_file + ", id " + key->public_key().id()});
  } else if (key.error().code() == Errc::kNotFound) {
    findings.push_back(
        {Finding::State::kOk, "audit.key", options.key_file + " is made by the first start"});
  } else {
    findings.push_back({Finding::State::kFault, "audit.key", key.error().message()});
  }
  if (options.on_failure == "allow") {
    findings.push_back({Finding::State::kWarning, "audit.on_failure",
                        "audit.on_failure is allow: calls go on when they cannot be recorded"});
  }
  if (options.anchor_file.empty()) {
    findings.push_back({Finding::State::kOk, "audit.anchor",
                        "there is no second place; a ledger that is taken back as a whole is found "
                        "only with what toolpost audit anchor printed before"});
  }
}

}  // namespace toolpost::cli
