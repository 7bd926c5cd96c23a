// SPDX-License-Identifier: Apache-2.0
// Where the passphrase of backups comes from, and where copies are made for a look.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"
#include "config/command_line.hpp"

#include <optional>

namespace toolpost::cli {

// From --passphrase-file, else the systemd credential backup_passphrase; nothing where there is
// neither.
Result<std::optional<Secret>> backup_passphrase(const config::BackupArguments& arguments,
                                                const config::Environment& environment);

}  // namespace toolpost::cli
