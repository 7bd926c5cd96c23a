// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_storage.hpp"

#include "backup/shelf.hpp"
#include "base/key_file.hpp"
#include "base/utc_time.hpp"

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace toolpost::cli {
namespace {

using ops::Finding;

constexpr std::uint64_t kLittleRoom = std::uint64_t{64} << 20;
constexpr std::uint64_t kFewFiles = 1'000;

// A directory that a start makes, with all that is missing above it: what is there already decides
// whether it can.
Finding check_made_directory(const char* id, const std::string& path) {
  namespace fs = std::filesystem;
  fs::path there{path};
  std::error_code unknown;
  while (!fs::exists(fs::status(there, unknown)) && there.has_relative_path()) {
    there = there.parent_path();
  }
  Finding finding = ops::check_directory(id, there.string(), true);
  if (finding.state == Finding::State::kOk && there != path) {
    finding.text = path + " is made by the first start";
  }
  return finding;
}

// Only what is wrong: most of these are below data_directory.
void check_directories(const config::Config& config, std::vector<Finding>& findings) {
  const std::pair<const char*, const std::string&> all[] = {
      {"tasks.directory", config.task_directory},
      {"sessions.directory", config.session_directory},
      {"backup.directory", config.backup.directory}};
  for (const auto& [id, path] : all) {
    if (path.empty()) continue;
    Finding finding = check_made_directory(id, path);
    if (finding.state != Finding::State::kOk) findings.push_back(std::move(finding));
  }
}

void check_data_directory(const config::Config& config, std::vector<Finding>& findings) {
  const std::string& path = config.data_directory;

  struct stat status {};

  if (path.empty()) return;
  if (::stat(path.c_str(), &status) != 0 && errno == ENOENT) {
    findings.push_back(check_made_directory("data.directory", path));
    return;
  }
  findings.push_back(ops::check_directory("data.directory", path, true));

  struct statvfs room {};

  if (findings.back().state != Finding::State::kOk || ::statvfs(path.c_str(), &room) != 0) return;
  const std::uint64_t bytes = std::uint64_t{room.f_bavail} * room.f_frsize;
  std::string text = path + " has room for " + std::to_string(bytes >> 20) + " MiB";
  // A file system without a table of inodes says that it has none.
  const bool counts_files = room.f_files != 0;
  if (counts_files) text += " and " + std::to_string(room.f_favail) + " files";
  const std::string remedy = "make room there, or move it: data_directory";
  if (bytes == 0 || (counts_files && room.f_favail == 0)) {
    findings.push_back(ops::fault("data.room", text, remedy));
  } else if (bytes < kLittleRoom || (counts_files && room.f_favail < kFewFiles)) {
    findings.push_back({Finding::State::kWarning, "data.room", text, remedy});
  } else {
    findings.push_back({Finding::State::kOk, "data.room", text});
  }
}

void check_seal_keys(const config::Config& config, std::vector<Finding>& findings) {
  const std::string& path = config.seal_key_file;
  if (path.empty()) return;
  const auto keys = read_key_file(path, "keys that seal what clients carry");
  if (keys) {
    findings.push_back({Finding::State::kOk, "seal.keys", path});
  } else if (keys.error().code() == Errc::kNotFound) {
    findings.push_back({Finding::State::kOk, "seal.keys", path + " is made by the first start"});
  } else {
    findings.push_back(ops::fault("seal.keys", keys.error().message(),
                                  "run this as the user that runs the server, with mode 600; where "
                                  "they are lost, remove the file: sessions begin anew"));
  }
}

void check_log_file(const config::Config& config, std::vector<Finding>& findings) {
  const std::string& path = config.log.file;
  if (path.empty()) return;
  const std::string directory = std::filesystem::path{path}.parent_path().string();
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown)) {
    Finding finding = check_made_directory("log.file", directory);
    if (finding.state == Finding::State::kOk) finding.text = path + " is made by the first start";
    findings.push_back(std::move(finding));
  } else if (::access(path.c_str(), W_OK) == 0 && !std::filesystem::is_directory(path, unknown)) {
    findings.push_back({Finding::State::kOk, "log.file", path});
  } else {
    findings.push_back(ops::fault("log.file", path + " cannot be written by this user",
                                  "give the directory to the user of the server, or take log.file "
                                  "away: stderr has the log, too"));
  }
}

void check_backups(const config::Config& config, std::vector<Finding>& findings) {
  if (config.backup.directory.empty()) return;
  const auto age = backup::age_of_newest(config.backup.directory, unix_us_now() / 1'000'000);
  const std::string remedy = "make one: toolpost backup create; packaging/README.md has a timer";
  if (!age) {
    findings.push_back({Finding::State::kWarning, "backup.age",
                        "there is no backup in " + config.backup.directory, remedy});
    return;
  }
  constexpr std::int64_t kSecondsPerHour = 3600;
  const std::int64_t hours = *age / kSecondsPerHour;
  const bool is_old =
      *age > static_cast<std::int64_t>(config.backup.max_age_hours) * kSecondsPerHour;
  findings.push_back({is_old ? Finding::State::kWarning : Finding::State::kOk, "backup.age",
                      "the newest backup in " + config.backup.directory + " is " +
                          std::to_string(hours) + " hours old",
                      is_old ? remedy : ""});
}

}  // namespace

void check_storage(const config::Config& config, std::vector<Finding>& findings) {
  check_data_directory(config, findings);
  check_directories(config, findings);
  check_seal_keys(config, findings);
  check_log_file(config, findings);
  check_backups(config, findings);
}

}  // namespace toolpost::cli
