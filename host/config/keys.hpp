// SPDX-License-Identifier: Apache-2.0
// Every key of the configuration, once: its member, its range or rule, its meaning. The type
// follows from the member. A key that is not in these tables does not exist.
#pragma once

#include "config/config.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace toolpost::config {

using Slot =
    std::variant<bool*, std::uint16_t*, std::size_t*, std::optional<std::size_t>*, std::string*,
                 std::vector<std::string>*, LogLevel*, LogFormat*, PluginSettings*>;

// What a text must look like: the pattern decides, `expected` says it in words. The pattern is read
// by RE2 here and by an editor's JSON Schema validator there, so it keeps to what both know.
struct TextRule {
  std::string_view expected;
  std::string_view pattern;
  bool is_path = false;
};

struct Accepts {
  std::size_t min = 0;  // numbers only
  std::size_t max = 0;
  const TextRule* rule = nullptr;  // texts and elements of lists; null: anything
};

template <class Owner>
struct Key {
  std::string_view path;  // dotted; the part before the last dot is the section
  Slot (*slot)(Owner&);
  Accepts accepts;
  std::string_view meaning;
};

// Sorted by section. `plugins` and `roles` are not among them: their members are named by the
// operator.
std::span<const Key<Config>> config_keys();
// The keys of one member of `plugins` and of `roles`.
std::span<const Key<Plugin>> plugin_keys();
std::span<const Key<Role>> role_keys();

struct Section {
  std::string_view path;
  std::string_view meaning;
};

std::span<const Section> sections();

// A variable of the environment that sets a key.
struct Variable {
  std::string_view name;
  std::string_view key;
};

std::span<const Variable> variables();

const TextRule& plugin_id_rule();
const TextRule& role_name_rule();
bool matches(const TextRule& rule, std::string_view text);

const Key<Config>* find_key(std::string_view path);

// The names of a slot that is an enumeration; empty otherwise.
std::span<const std::string_view> choices(const Slot& slot);

}  // namespace toolpost::config
