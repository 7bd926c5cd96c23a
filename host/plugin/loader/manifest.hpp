// SPDX-License-Identifier: Apache-2.0
// NAME.plugin.json: what a plugin says of itself before any of its code runs. Generated from the
// entry when the plugin is built. What a deployment decides on (isolation, secrets, egress) is
// mandatory, so that a misspelt key can not widen anything; other keys that this host does not know
// are kept by name and ignored, because newer SDKs add some.
#pragma once

#include "base/error.hpp"
#include "plugin/loader/abi_version.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace toolpost::plugin {

enum class Isolation { kRequired, kPreferred, kNone };

std::string_view isolation_name(Isolation isolation) noexcept;

struct Manifest {
  std::string id;  // reverse DNS
  std::string name;
  std::string version;
  std::string vendor;
  std::string file;  // absolute path of the library
  std::string path;  // absolute path of the manifest
  AbiVersion abi;
  AbiVersion min_host;
  std::string protocol;     // MCP revision of the JSON it speaks
  std::uint32_t flags = 0;  // TOOLPOST_ENTRY_*
  Isolation isolation = Isolation::kRequired;
  std::vector<std::string> secrets;
  std::vector<std::string> egress;
  std::vector<std::pair<std::string, std::int64_t>> limits;
  std::string config_schema;  // one JSON object
  std::string instructions;
  std::vector<std::string> unknown_keys;
};

inline constexpr std::size_t kMaxManifestSize = std::size_t{1024} * 1024;
inline constexpr std::string_view kManifestSuffix = ".plugin.json";

// Labels of [a-z0-9-] with dots between; the first character is a letter or digit.
bool is_plugin_id(std::string_view id) noexcept;

// `path` becomes Manifest::path and the place that `file` is looked for.
Result<Manifest> parse_manifest(std::string_view text, std::string_view path);

// Refuses a manifest that someone else could have written (trust.hpp).
Result<Manifest> read_manifest(std::string_view path);

}  // namespace toolpost::plugin
