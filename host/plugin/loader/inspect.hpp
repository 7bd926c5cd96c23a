// SPDX-License-Identifier: Apache-2.0
// What `toolpost plugin list`, `inspect` and `pin` print. Pure: values in, text out.
#pragma once

#include "base/error.hpp"
#include "plugin/loader/entry.hpp"
#include "plugin/loader/library.hpp"
#include "plugin/loader/manifest.hpp"

#include <span>
#include <string>
#include <string_view>

namespace toolpost::plugin {

struct ListedPlugin {
  std::string id;
  std::string version;
  std::string path;
  std::string state;  // "enabled", "known", or what is wrong with it
};

// A line for each, in columns; control characters in what plugins say are replaced.
std::string list_text(std::span<const ListedPlugin> plugins);
// An array of objects with the members of ListedPlugin.
std::string list_json(std::span<const ListedPlugin> plugins);

// The manifest with the members that the SDK writes at build time. What the entry does not say
// (file, isolation, secrets, egress, limits) comes from `declared`.
std::string manifest_json(const EntryFacts& facts, const Manifest& declared);

// Everything known of a loaded plugin: its manifest, hash, and what the library needs and exports.
std::string inspect_json(const Library& library);

struct Pin {
  std::string id;
  std::string path;
  std::string sha256;
};

// Hashes the library under the rules it would be loaded under. Runs no plugin code.
Result<Pin> pin(const Manifest& manifest);
// {ID: {"sha256": HASH}}: what belongs into "plugins" of the configuration.
std::string pin_json(const Pin& pin);

}  // namespace toolpost::plugin
