// SPDX-License-Identifier: Apache-2.0
#include "cli/backup_passphrase.hpp"

#include "backup/sealer.hpp"
#include "config/source_file.hpp"

namespace toolpost::cli {

Result<std::optional<Secret>> backup_passphrase(const config::BackupArguments& arguments,
                                                const config::Environment& environment) {
  if (!arguments.passphrase_file.empty()) {
    auto passphrase = backup::read_passphrase(arguments.passphrase_file);
    if (!passphrase) return passphrase.error();
    return std::optional{std::move(*passphrase)};
  }
  const auto directory = environment("CREDENTIALS_DIRECTORY");
  if (!directory || !directory->starts_with('/')) return std::optional<Secret>{};
  const std::string path = *directory + "/backup_passphrase";
  auto text = config::read_source_file(path);
  if (!text && text.error().code() == Errc::kNotFound) return std::optional<Secret>{};
  if (!text) return text.error();
  auto passphrase = backup::passphrase_of(std::move(*text));
  if (!passphrase) return passphrase.error().in(path);
  return std::optional{std::move(*passphrase)};
}

}  // namespace toolpost::cli
