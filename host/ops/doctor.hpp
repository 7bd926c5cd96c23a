// SPDX-License-Identifier: Apache-2.0
// Looks at what a working installation needs, and says for each thing that is missing how to mend
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::ops {

struct Finding {
  enum class State { kOk, kWarning, kFault };
  State state = State::kOk;
  std::string id;        // stable, for scripts: "uv.version"
  std::string text;      // what was found
  std::string remedy{};  // of a fault, and of a warning where there is one
};

Finding fault(std::string id, std::string text, std::string remedy);

// `path` as a directory to work in.
Finding check_directory(std::string id, const std::string& path, bool must_write);

// uv at `path`; empty: looked for in PATH and the usual places. Asks it for its version.
Finding check_uv(const std::string& path, std::string_view search_path);

// The oldest uv that uv-package works with.
inline constexpr std::string_view kOldestUv = "0.11.15";

// "0.11.15" < "0.12.0"; false for what is no version.
bool is_at_least(std::string_view version, std::string_view oldest);

}  // namespace toolpost::ops
