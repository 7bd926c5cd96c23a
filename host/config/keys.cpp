// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"

#include "config/http_keys.hpp"
#include "config/text_rules.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

namespace toolpost::config {
namespace {

constexpr std::size_t kMaxRate = 1'000'000'000;

constexpr Key<Config> kServerKeys[] = {
    {"server.name",
     [](Config& c) -> Slot { return &c.server.name; },
     {.rule = &kName},
     "The name clients are told."},
    {"server.title",
     [](Config& c) -> Slot { return &c.server.title; },
     {},
     "The name clients show to people."},
    {"server.instructions",
     [](Config& c) -> Slot { return &c.server.instructions; },
     {},
     "Text for the model on how to use this server. Without it none is sent."},
};

constexpr Key<Config> kOtherKeys[] = {
    {"stdio.max_message_bytes",
     [](Config& c) -> Slot { return &c.stdio.max_message_bytes; },
     {.min = kKiB, .max = 64 * kMiB},
     "Longest line that is read, in bytes."},

    {"json.max_depth",
     [](Config& c) -> Slot { return &c.json.max_depth; },
     {.min = 8, .max = 256},
     "Nested objects and arrays."},
    {"json.max_members",
     [](Config& c) -> Slot { return &c.json.max_members; },
     {.min = 16, .max = 65'536},
     "Keys of one object."},
    {"json.max_values",
     [](Config& c) -> Slot { return &c.json.max_values; },
     {.min = 1000, .max = 10'000'000},
     "Values of one message."},

    {"metrics.enabled",
     [](Config& c) -> Slot { return &c.metrics.enabled; },
     {},
     "Whether HTTP has a second listener, which tells Prometheus how the server does at /metrics."},
    {"metrics.host",
     [](Config& c) -> Slot { return &c.metrics.host; },
     {.rule = &kAddress},
     "The address it listens on. Beyond loopback whoever reaches it can read what is called how "
     "often, unless metrics.key_file asks for a key."},
    {"metrics.port",
     [](Config& c) -> Slot { return &c.metrics.port; },
     {.min = 0, .max = 65535},
     "Its TCP port; 0 takes a free one, which the log names."},
    {"metrics.key_file",
     [](Config& c) -> Slot { return &c.metrics.key_file; },
     {.rule = &kPath},
     "A file with a key, on one line, that Prometheus has to send as a bearer token; nobody but "
     "its owner may write it. Without one no key is asked for."},

    {"log.level",
     [](Config& c) -> Slot { return &c.log.level; },
     {},
     "The least important events that are logged."},
    {"log.format",
     [](Config& c) -> Slot { return &c.log.format; },
     {},
     "One event a line, as JSON or as text."},
    {"log.file",
     [](Config& c) -> Slot { return &c.log.file; },
     {.rule = &kPath},
     "A file that is written beside stderr. Without it there is none."},
    {"log.debug",
     [](Config& c) -> Slot { return &c.debug.at_start; },
     {},
     "Whether the level is DEBUG from the start until log.debug_s have passed, whatever log.level "
     "says."},
    {"log.debug_s",
     [](Config& c) -> Slot { return &c.debug.for_s; },
     {.min = 1, .max = 86'400},
     "How long the level stays at DEBUG after log.debug, --debug or SIGUSR1, in seconds. Then "
     "log.level holds again."},

    {"calls.timeout_ms",
     [](Config& c) -> Slot { return &c.calls.timeout_ms; },
     {.min = 1, .max = kDayMs},
     "Deadline of a call, in milliseconds. A tool that declares its own keeps it."},
    {"calls.max_concurrency_per_plugin",
     [](Config& c) -> Slot { return &c.calls.max_concurrency_per_plugin; },
     {.min = 1, .max = 1024},
     "Calls that one plugin works on at once."},
    {"calls.queue_per_plugin",
     [](Config& c) -> Slot { return &c.calls.queue_per_plugin; },
     {.min = 0, .max = 65'536},
     "Calls that wait for one plugin; those beyond are answered with busy. One caller gets no more "
     "places than are free."},
    {"calls.circuit_failures",
     [](Config& c) -> Slot { return &c.calls.circuit_failures; },
     {.min = 0, .max = 1000},
     "After so many calls in a row that a plugin let time out, further ones are answered with "
     "circuit for a while; 0: never."},
    {"calls.circuit_open_ms",
     [](Config& c) -> Slot { return &c.calls.circuit_open_ms; },
     {.min = 100, .max = kHourMs},
     "For how long, in milliseconds. Then one call tries whether the plugin answers again."},
    {"calls.max_result_bytes",
     [](Config& c) -> Slot { return &c.calls.max_result_bytes; },
     {.min = kKiB, .max = 256 * kMiB},
     "Largest result of a call, in bytes."},
    {"calls.slow_ms",
     [](Config& c) -> Slot { return &c.calls.slow_ms; },
     {.min = 0, .max = kDayMs},
     "Calls that take longer are named in the log, without their arguments, in milliseconds; 0: "
     "none is."},
    {"calls.drain_ms",
     [](Config& c) -> Slot { return &c.calls.drain_ms; },
     {.min = 0, .max = kMaxWaitMs},
     "At the stop: how long running calls may take to end, in milliseconds."},
    {"calls.plugin_start_timeout_ms",
     [](Config& c) -> Slot { return &c.calls.plugin_start_timeout_ms; },
     {.min = 1, .max = kMaxWaitMs},
     "How long a plugin may take to start, in milliseconds."},

    {"load.max_calls",
     [](Config& c) -> Slot { return &c.load.max_calls; },
     {.min = 0, .max = 1'000'000},
     "Calls of all plugins that are worked on or wait at once; those beyond are answered with "
     "overloaded. One caller gets no more places than are free. 0 sets no limit."},
    {"load.memory_percent",
     [](Config& c) -> Slot { return &c.load.memory_percent; },
     {.min = 0, .max = 100},
     "From so many percent of the memory limit on no further call is taken while others run: "
     "that of the control group, else the memory of the machine. 0 looks at no memory."},

    {"auth.enabled",
     [](Config& c) -> Slot { return &c.auth.enabled; },
     {},
     "Whether callers must prove who they are. Alone it means single key mode."},
    {"auth.users",
     [](Config& c) -> Slot { return &c.auth.users; },
     {},
     "User mode: every caller has a key and a role of their own in auth.users_file. Implies "
     "auth.enabled."},
    {"auth.single_key",
     [](Config& c) -> Slot { return &c.auth.single_key; },
     {},
     "Take the single API key, in user mode beside the users' keys. Whoever has it is the "
     "principal "
     "\"legacy\", role admin."},
    {"auth.api_key_file",
     [](Config& c) -> Slot { return &c.auth.api_key_file; },
     {.rule = &kPath},
     "The file that holds the single API key, and nothing else. It must belong to root or the user "
     "and be writable by nobody else."},
    {"auth.previous_api_key_file",
     [](Config& c) -> Slot { return &c.auth.previous_api_key_file; },
     {.rule = &kPath},
     "A second single API key that is taken beside the first, so that one can be rotated."},
    {"auth.users_file",
     [](Config& c) -> Slot { return &c.auth.users_file; },
     {.rule = &kPath},
     "The user store. The default is users/users.json in data_directory."},

    {"rate.principal_per_minute",
     [](Config& c) -> Slot { return &c.rate.principal_per_minute; },
     {.min = 0, .max = kMaxRate},
     "Requests of one principal by the minute; 0 sets no limit. Not for the principal \"local\"."},
    {"rate.principal_burst",
     [](Config& c) -> Slot { return &c.rate.principal_burst; },
     {.min = 1, .max = kMaxRate},
     "Requests of one principal at once, before the rate counts."},
    {"rate.address_per_minute",
     [](Config& c) -> Slot { return &c.rate.address_per_minute; },
     {.min = 0, .max = kMaxRate},
     "Requests of one client address by the minute; 0 sets no limit. Not without authentication."},
    {"rate.address_burst",
     [](Config& c) -> Slot { return &c.rate.address_burst; },
     {.min = 1, .max = kMaxRate},
     "Requests of one client address at once, before the rate counts."},
    {"rate.tool_per_minute",
     [](Config& c) -> Slot { return &c.rate.tool_per_minute; },
     {.min = 0, .max = kMaxRate},
     "Calls of one tool by one principal by the minute; 0 sets no limit."},
    {"rate.tool_burst",
     [](Config& c) -> Slot { return &c.rate.tool_burst; },
     {.min = 1, .max = kMaxRate},
     "Calls of one tool by one principal at once, before the rate counts."},
    {"rate.calls_per_principal",
     [](Config& c) -> Slot { return &c.rate.calls_per_principal; },
     {.min = 0, .max = 65536},
     "Calls of one principal that run or wait at once; 0 sets no limit."},
    {"rate.failures_per_minute",
     [](Config& c) -> Slot { return &c.rate.failures_per_minute; },
     {.min = 1, .max = kMaxRate},
     "Wrong credentials of one client address by the minute; those beyond are answered with 429. A "
     "right one is always taken."},
    {"rate.failure_burst",
     [](Config& c) -> Slot { return &c.rate.failure_burst; },
     {.min = 1, .max = kMaxRate},
     "Wrong credentials of one client address at once, before the rate counts."},

    {"redis.url",
     [](Config& c) -> Slot { return &c.redis.url; },
     {.rule = &kRedisUrl},
     "A Redis that replicas share: redis://HOST[:PORT][/DATABASE]. Without one nothing is shared "
     "through it, and nothing else is missing."},
    {"redis.username",
     [](Config& c) -> Slot { return &c.redis.username; },
     {.rule = &kRedisUser},
     "The user of the Redis; without one the default user."},
    {"redis.password_file",
     [](Config& c) -> Slot { return &c.redis.password_file; },
     {.rule = &kPath},
     "A file with the password of the Redis, on one line; nobody but its owner may write it."},
    {"redis.prefix",
     [](Config& c) -> Slot { return &c.redis.prefix; },
     {.rule = &kRedisPrefix},
     "Begins every key in the Redis. Replicas have the same."},
    {"redis.deadline_ms",
     [](Config& c) -> Slot { return &c.redis.deadline_ms; },
     {.min = 1, .max = 10'000},
     "How long the Redis may take for one answer, in milliseconds. One that takes longer counts as "
     "down."},
    {"redis.connections",
     [](Config& c) -> Slot { return &c.redis.connections; },
     {.min = 1, .max = 256},
     "Connections to the Redis at once."},
    {"redis.share_rates",
     [](Config& c) -> Slot { return &c.redis.share_rates; },
     {},
     "Whether the rates hold for all replicas together, as long as the Redis answers."},

    {"policy.allowed_packages",
     [](Config& c) -> Slot { return &c.policy.allowed_packages; },
     {},
     "Packages that may be used, as names or regular expressions; with it no others may, also none "
     "that an allowed one needs."},
    {"policy.blocked_packages",
     [](Config& c) -> Slot { return &c.policy.blocked_packages; },
     {},
     "Packages that may not be used, as names or regular expressions, whatever else allows them."},
    {"policy.packages_file",
     [](Config& c) -> Slot { return &c.policy.packages_file; },
     {.rule = &kPath},
     "The file with rules about names, versions, sources and extras of packages."},

    {"audit.enabled",
     [](Config& c) -> Slot { return &c.audit.enabled; },
     {},
     "Whether what happens is recorded. Without it nobody can say afterwards who did what."},
    {"audit.directory",
     [](Config& c) -> Slot { return &c.audit.directory; },
     {.rule = &kPath},
     "Where the records are kept, by all processes that serve the same purpose. It belongs to the "
     "user of the server, mode 0700. The default is audit in data_directory."},
    {"audit.key_file",
     [](Config& c) -> Slot { return &c.audit.key_file; },
     {.rule = &kPath},
     "PEM: the Ed25519 private key that seals the records; made at the first start where there is "
     "none. Replicas share it. The default is audit.key in data_directory."},
    {"audit.on_failure",
     [](Config& c) -> Slot { return &c.audit.on_failure; },
     {.rule = &kOnFailure},
     "What happens while nothing can be recorded: \"refuse\" takes no call, \"allow\" goes on and "
     "records later how many calls have no record."},
    {"audit.durability",
     [](Config& c) -> Slot { return &c.audit.durability; },
     {.rule = &kDurability},
     "\"class\": what has effects is on the disk before it begins and before it is answered, what "
     "only reads within a second. \"strict\": everything is on the disk before it is answered."},
    {"audit.stall_ms",
     [](Config& c) -> Slot { return &c.audit.stall_ms; },
     {.min = 100, .max = 60'000},
     "How long the storage may take before it counts as failed, in milliseconds."},
    {"audit.segment_bytes",
     [](Config& c) -> Slot { return &c.audit.segment_bytes; },
     {.min = 64 * kKiB, .max = 4096 * kMiB},
     "A file of records ends at this size, and the next begins."},
    {"audit.segment_age_s",
     [](Config& c) -> Slot { return &c.audit.segment_age_s; },
     {.min = 60, .max = 31'536'000},
     "A file of records ends at this age, in seconds."},
    {"audit.retain_days",
     [](Config& c) -> Slot { return &c.audit.retain_days; },
     {.min = 0, .max = 36'500},
     "Files of records that ended longer ago are removed, and the removal is recorded; 0 keeps "
     "them for ever."},
    {"audit.anchor_file",
     [](Config& c) -> Slot { return &c.audit.anchor_file; },
     {.rule = &kPath},
     "A second place for the signed checkpoints, on other storage: with it even the loss of the "
     "whole directory is noticed."},
    {"audit.anchor_required",
     [](Config& c) -> Slot { return &c.audit.anchor_required; },
     {},
     "Whether calls are refused while the second place takes no checkpoints, too."},

    {"backup.directory",
     [](Config& c) -> Slot { return &c.backup.directory; },
     {.rule = &kPath},
     "Where toolpost backup create puts its archives. It should be on other storage than what is "
     "backed up. The default is backups in data_directory."},
    {"backup.keep",
     [](Config& c) -> Slot { return &c.backup.keep; },
     {.min = 0, .max = 100'000},
     "So many archives stay in backup.directory, the newest, and with them the last that has users "
     "or records of the audit where no newer one has; 0 keeps all."},
    {"backup.max_age_hours",
     [](Config& c) -> Slot { return &c.backup.max_age_hours; },
     {.min = 1, .max = 87'600},
     "How old the newest archive may be before doctor says so, in hours."},

    {"plugin_directories",
     [](Config& c) -> Slot { return &c.plugin_directories; },
     {.rule = &kPath},
     "Where plugins are looked for, in this order. The default: plugins/ beside the binary, "
     "../lib/toolpost/plugins from there, then toolpost/plugins in XDG_DATA_HOME (or "
     "~/.local/share), as far as they exist."},
    {"project_root",
     [](Config& c) -> Slot { return &c.project_root; },
     {.rule = &kPath},
     "The project that tools act on. The default is the working directory."},
    {"workspace_root",
     [](Config& c) -> Slot { return &c.workspace_root; },
     {.rule = &kPath},
     "The directory that bounds the search for projects."},
    {"data_directory",
     [](Config& c) -> Slot { return &c.data_directory; },
     {.rule = &kPath},
     "What outlives the process is kept below it. The default is toolpost in XDG_STATE_HOME (or "
     "~/.local/state)."},
    {"incident_plan_file",
     [](Config& c) -> Slot { return &c.incident_plan_file; },
     {.rule = &kPath},
     "The plan for incidents, a text for people. Only doctor --checklist looks whether it is "
     "there."},
    {"replica",
     [](Config& c) -> Slot { return &c.replica; },
     {.rule = &kReplica},
     "The label of this process among replicas. The ids of its tasks begin with it, so that a "
     "proxy "
     "can route by the header Mcp-Name. Without one there is only this process."},
    {"task_directory",
     [](Config& c) -> Slot { return &c.task_directory; },
     {.rule = &kPath},
     "Where tasks are kept, so that a restart knows them. Replicas do not share it. The default is "
     "tasks in data_directory."},
    {"session_directory",
     [](Config& c) -> Slot { return &c.session_directory; },
     {.rule = &kPath},
     "Where sessions that their clients have ended are written down, until they would have "
     "expired. "
     "Replicas share it. The default is ended-sessions in data_directory."},
    {"seal_key_file",
     [](Config& c) -> Slot { return &c.seal_key_file; },
     {.rule = &kPath},
     "The keys that seal what clients carry for the server between two requests, one a line, 32 "
     "bytes "
     "in hexadecimal: the first seals, all of them open. Made at the first start, mode 0600, where "
     "there is none. Replicas share it. The default is seal.key in data_directory."},
};

// One table of three, in their order.
template <std::size_t... A, std::size_t... B, std::size_t... C>
constexpr auto joined(std::index_sequence<A...>, std::index_sequence<B...>,
                      std::index_sequence<C...>) {
  return std::array{kServerKeys[A]..., kHttpKeys[B]..., kOtherKeys[C]...};
}

constexpr auto kConfigKeys = joined(std::make_index_sequence<std::size(kServerKeys)>{},
                                    std::make_index_sequence<std::size(kHttpKeys)>{},
                                    std::make_index_sequence<std::size(kOtherKeys)>{});

constexpr std::string_view kLevels[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
constexpr std::string_view kFormats[] = {"json", "text"};

}  // namespace

std::span<const Key<Config>> config_keys() {
  return kConfigKeys;
}

bool matches(const TextRule& rule, std::string_view text) {
  const re2::StringPiece pattern{rule.pattern.data(), rule.pattern.size()};
  return RE2::FullMatch(re2::StringPiece{text.data(), text.size()}, RE2{pattern, RE2::Quiet});
}

const Key<Config>* find_key(std::string_view path) {
  const auto found = std::find_if(std::begin(kConfigKeys), std::end(kConfigKeys),
                                  [&](const Key<Config>& key) { return key.path == path; });
  return found == std::end(kConfigKeys) ? nullptr : found;
}

std::span<const std::string_view> choices(const Slot& slot) {
  if (std::holds_alternative<LogLevel*>(slot)) return kLevels;
  if (std::holds_alternative<LogFormat*>(slot)) return kFormats;
  return {};
}

}  // namespace toolpost::config
