// SPDX-License-Identifier: Apache-2.0
// Defaults, then the file, then the environment, then the flags: what comes later wins. Every
// problem of the file is reported, one a line, with file, line and column.
#pragma once

#include "base/error.hpp"
#include "config/config.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::config {

// A variable's value; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

// The environment of this process. Read it once, before the first thread.
Environment process_environment();

// As it is now, secrets included, for whoever has to read the configuration again later: by then
// those are no longer in the environment, and the rest may be somebody else's doing.
Environment remembered_environment();

// The home directory that the user database has for the effective user; nothing when it has none.
std::optional<std::string> account_home();

// A value from the command line for a key, e.g. {"http.port", "9000", "--port"}.
struct Override {
  std::string key;
  std::string value;
  std::string flag;
};

struct Sources {
  std::optional<std::string> file;  // --config; must exist
  Environment environment = [](std::string_view) { return std::nullopt; };
  std::function<std::optional<std::string>()> account_home;  // asked where HOME is not set; or null
  std::vector<Override> flags;
  std::string working_directory;  // empty: the process's
  std::string binary_directory;   // where the default plugin directories are looked for
  std::string system_file = "/etc/toolpost/toolpost.json";
};

Result<Config> load(const Sources& sources);

}  // namespace toolpost::config
