// SPDX-License-Identifier: Apache-2.0
// What there is to know about an ecosystem: a table, and a reader for each kind of manifest.
#pragma once

#include "ecosystems/draft.hpp"

#include <span>
#include <string_view>

namespace toolpost::project_index {

// Adds to the draft what the text says; complains there about what it cannot understand.
using FactReader = void (*)(std::string_view text, Draft& draft);

struct FactFile {
  std::string_view pattern;  // of the name
  bool is_lock;
  FactReader read;  // null: its presence is enough
};

struct Ecosystem {
  std::string_view id;
  Draft::Normal normal;
  std::span<const FactFile> files;
  std::span<const std::string_view> endings;           // of its sources: ".py"
  std::span<const std::string_view> test_names;        // patterns of names, of its sources
  std::span<const std::string_view> test_directories;  // in these every source is a test
  std::span<const std::string_view> entry_names;       // patterns, anywhere
  std::span<const std::string_view> top_entry_names;   // beside a manifest, or in src/ there
  // A directory whose manifests give no name is part of the project above: CMake's are.
  bool has_parts = false;
};

// In the order of this list. One constant per file in languages/.
std::span<const Ecosystem* const> all_ecosystems();

extern const Ecosystem kCpp;
extern const Ecosystem kDart;
extern const Ecosystem kDotnet;
extern const Ecosystem kGo;
extern const Ecosystem kJava;
extern const Ecosystem kJavascript;
extern const Ecosystem kPhp;
extern const Ecosystem kPython;
extern const Ecosystem kRuby;
extern const Ecosystem kRust;

// Whether the path is a test, or an entry file by its name, of this ecosystem.
bool is_test_of(const Ecosystem& ecosystem, std::string_view path);
bool is_entry_of(const Ecosystem& ecosystem, std::string_view path);

}  // namespace toolpost::project_index
