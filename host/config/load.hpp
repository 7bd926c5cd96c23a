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

// A value from the command line for a key, e.g. {"http.port", "9000", "--port"}.
struct Override {
  std::string key;
  std::string value;
  std::string flag;
};

struct Sources {
  std::optional<std::string> file;  // --config; must exist
  Environment environment = [](std::string_view) { return std::nullopt; };
  std::vector<Override> flags;
  std::string working_directory;  // empty: the process's
  std::string binary_directory;   // where the default plugin directories are looked for
  std::string system_file = "/etc/toolpost/toolpost.json";
};

Result<Config> load(const Sources& sources);

// The default directories that exist: beside the binary or in ../lib/toolpost, then the
// user's.
std::vector<std::string> default_plugin_directories(const std::string& binary_directory,
                                                    const Environment& environment);

}  // namespace toolpost::config
