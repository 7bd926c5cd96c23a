// SPDX-License-Identifier: Apache-2.0
#include "cli/backup_passphrase.hpp"

#include "backup/sealer.hpp"
#include "config/source_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::cli {

Result<std::optional<Secret>> backup_passphrase(const config::BackupArguments& arguments,
                                                const config::Environment& environment) {
  std::string path = arguments.passphrase_file;
  if (path.empty()) {
    const auto directory = environment("CREDENTIALS_DIRECTORY");
    if (!directory || !directory->starts_with('/')) return std::optional<Secret>{};
    path = *directory + "/backup_passphrase";
    if (::access(path.c_str(), F_OK) != 0) return std::optional<Secret>{};
  }

  struct stat status {};

  // As private keys are kept: Kubernetes and systemd may give a group the right to read.
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IRWXO) != 0) {
    return Error{Errc::kDenied, path + " may be read by everybody; chmod 600 it"};
  }
  auto text = config::read_source_file(path);
  if (!text) return text.error();
  auto passphrase = backup::passphrase_of(std::move(*text));
  if (!passphrase) return std::move(passphrase).error().in(path);
  return std::optional{std::move(*passphrase)};
}

}  // namespace toolpost::cli
