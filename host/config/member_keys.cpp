// SPDX-License-Identifier: Apache-2.0
// The keys of what the operator names, and its names: one plugin, one role.
#include "config/keys.hpp"
#include "config/text_rules.hpp"

namespace toolpost::config {
namespace {

constexpr std::size_t kDayMs = 86'400'000;

constexpr Key<Plugin> kPluginKeys[] = {
    {"enabled",
     [](Plugin& p) -> Slot { return &p.enabled; },
     {},
     "Whether the plugin is loaded. The default is false, for bundled plugins true."},
    {"required",
     [](Plugin& p) -> Slot { return &p.required; },
     {},
     "Whether the server refuses to start when the plugin cannot be loaded or started."},
    {"trusted",
     [](Plugin& p) -> Slot { return &p.trusted; },
     {},
     "Whether to believe what the plugin's items say of themselves: only then \"@read-only\" in a "
     "role covers them. The default is false, for bundled plugins true."},
    {"prefix",
     [](Plugin& p) -> Slot { return &p.prefix; },
     {.rule = &kPrefix},
     "Put before the names of the plugin's tools and prompts, as it stands; never before URIs."},
    {"sha256",
     [](Plugin& p) -> Slot { return &p.sha256; },
     {.rule = &kSha256},
     "The hash the plugin's library must have; `toolpost plugin pin` prints it. Without it any "
     "file is loaded that only root or the user can write."},
    {"timeout_ms",
     [](Plugin& p) -> Slot { return &p.timeout_ms; },
     {.min = 1, .max = kDayMs},
     "Deadline of the plugin's calls, in milliseconds, instead of calls.timeout_ms."},
    {"max_concurrency",
     [](Plugin& p) -> Slot { return &p.max_concurrency; },
     {.min = 1, .max = 1024},
     "Calls the plugin works on at once, instead of calls.max_concurrency_per_plugin."},
    {"grants",
     [](Plugin& p) -> Slot { return &p.grants; },
     {.rule = &kExtension},
     "Extensions of the host that the plugin may use: \"toolpost.kv/1\", "
     "\"toolpost.policy/1\", \"toolpost.users/1\"."},
    {"config",
     [](Plugin& p) -> Slot { return &p.config; },
     {},
     "The plugin's own settings; its README says which there are."},
};

constexpr TextRule kSelector{"a selector: a name, a glob, \"plugin:ID\" or \"@read-only\"",
                             "^(@read-only|plugin:[a-z0-9.-]+|[A-Za-z0-9_.*?-]{1,128})$"};
constexpr TextRule kPattern{"a name or a glob", "^[^\\x00-\\x20]+$"};
constexpr TextRule kRoleName{
    "a role's name: a lower-case letter, then up to 31 of a-z, 0-9, '-', '_'",
    "^[a-z][a-z0-9_-]{0,31}$"};

constexpr Key<Role> kRoleKeys[] = {
    {"tools",
     [](Role& r) -> Slot { return &r.tools; },
     {.rule = &kSelector},
     "Tools the role may list and call: names, globs with * and ?, \"plugin:ID\" for all of a "
     "plugin, \"@read-only\" for all that change nothing."},
    {"resources",
     [](Role& r) -> Slot { return &r.resources; },
     {.rule = &kPattern},
     "Resources the role may list and read: URIs or globs."},
    {"prompts",
     [](Role& r) -> Slot { return &r.prompts; },
     {.rule = &kPattern},
     "Prompts the role may list and get: names or globs."},
    {"projects",
     [](Role& r) -> Slot { return &r.projects; },
     {.rule = &kPath},
     "Directories: the role may act on projects in or below them, and on no others. Without any it "
     "may act on every project that the plugin allows."},
};

}  // namespace

std::span<const Key<Plugin>> plugin_keys() {
  return kPluginKeys;
}

std::span<const Key<Role>> role_keys() {
  return kRoleKeys;
}

const TextRule& plugin_id_rule() {
  return kPluginId;
}

const TextRule& role_name_rule() {
  return kRoleName;
}

}  // namespace toolpost::config
