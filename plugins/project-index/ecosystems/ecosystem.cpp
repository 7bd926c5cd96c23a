// SPDX-License-Identifier: Apache-2.0
// All of them, and what their tables say about a path.
#include "ecosystems/ecosystem.hpp"

#include "ecosystems/name_pattern.hpp"

#include <algorithm>
#include <array>

namespace toolpost::project_index {
namespace {

bool is_source_of(const Ecosystem& ecosystem, std::string_view path) {
  return std::any_of(ecosystem.endings.begin(), ecosystem.endings.end(),
                     [path](std::string_view ending) { return path.ends_with(ending); });
}

bool fits_any(std::span<const std::string_view> patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [name](std::string_view pattern) { return fits_pattern(pattern, name); });
}

}  // namespace

std::span<const Ecosystem* const> all_ecosystems() {
  static constexpr std::array<const Ecosystem*, 10> kAll{
      &kCpp, &kDart, &kDotnet, &kGo, &kJava, &kJavascript, &kPhp, &kPython, &kRuby, &kRust};
  return kAll;
}

bool is_test_of(const Ecosystem& ecosystem, std::string_view path) {
  if (!is_source_of(ecosystem, path)) return false;
  const auto& directories = ecosystem.test_directories;
  return fits_any(ecosystem.test_names, name_in(path)) ||
         std::any_of(directories.begin(), directories.end(),
                     [path](std::string_view directory) { return is_below_a(path, directory); });
}

bool is_entry_of(const Ecosystem& ecosystem, std::string_view path) {
  return fits_any(ecosystem.entry_names, name_in(path)) && !is_test_of(ecosystem, path);
}

}  // namespace toolpost::project_index
