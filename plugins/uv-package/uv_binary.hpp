// SPDX-License-Identifier: Apache-2.0
// Which uv is used: found by absolute path, checked for its version, and looked for again on the
// next call when it was missing or too old. Any thread.
#pragma once

#include "checked.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

inline constexpr std::string_view kMinUvVersion = "0.11.15";

struct Uv {
  std::string path;
  std::string version;
  std::string default_index;  // what it uses when no index is configured; empty: unknown
};

// Where uv is looked for: the configured path alone, or the absolute entries of PATH and then the
// places where installers put it.
std::vector<std::string> uv_candidates(const std::string& configured, std::string_view search_path);

// "uv 0.13.9 (…)" gives "0.13.9".
std::optional<std::string> version_in(std::string_view output);

// The address in "(by default: <…>)" of the help text, which may be wrapped.
std::string default_index_in(std::string_view help);

class UvBinary {
 public:
  // Runs the program at `path` with arguments and gives its standard output.
  using Ask = std::function<Checked<std::string>(const std::string& path,
                                                 const std::vector<std::string>& arguments)>;

  UvBinary(const std::string& configured, std::string_view search_path);

  // The uv to use, or exactly what is wrong and how to mend it.
  Checked<Uv> get(const Ask& ask);

 private:
  Checked<Uv> look_up(const Ask& ask) const;

  bool is_configured_;
  std::vector<std::string> candidates_;
  std::mutex mutex_;
  std::optional<Uv> found_;
  std::string identity_;  // of the file that was checked; a replaced one is checked again
};

}  // namespace toolpost::uv_package
