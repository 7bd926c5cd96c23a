// SPDX-License-Identifier: Apache-2.0
// The configuration as plain structs; their initialisers are the defaults. Members are named like
// the keys of toolpost.json. What a key means and which values it takes stands once, in keys.cpp,
// which the loader, `config print`, the JSON Schema and the test of config/README.md all read.
#pragma once

#include "base/log.hpp"
#include "base/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace toolpost::config {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

struct Server {
  std::string name = "toolpost";
  std::string title = "Toolpost";
  std::string instructions;  // empty: none are sent
};

struct HttpLimits {
  std::size_t max_body_bytes = 1 * kMiB;
  std::size_t max_header_bytes = 16 * kKiB;
  std::size_t max_headers = 64;
  std::size_t max_connections = 10'000;
  std::size_t max_tls_connections = 4'096;
  std::size_t max_connections_per_address = 256;
  std::size_t tls_handshake_timeout_ms = 10'000;
  std::size_t first_byte_timeout_ms = 10'000;  // connection accepted → first byte
  std::size_t header_timeout_ms = 10'000;      // first byte → end of the headers
  std::size_t body_timeout_ms = 15'000;        // end of the headers → end of the body
  std::size_t idle_timeout_ms = 65'000;        // between two requests of a connection
  std::size_t write_timeout_ms = 30'000;       // without a byte taken by the client
  std::size_t max_listens = 16'384;
  std::size_t max_listens_per_user = 1'024;
  std::size_t sse_pause_ms = 0;           // until the rest comes on another connection; 0: never
  std::size_t sse_keepalive_ms = 15'000;  // silence on an event stream before a comment line
  std::size_t max_sessions = 1024;        // of the eras that have sessions
  std::size_t session_idle_ms = 1'800'000;
};

struct Tls {
  std::string certificate_file;             // empty: no TLS
  std::string key_file;                     //
  std::string client_ca_file;               // empty: none
  std::string client_certificates = "off";  // or "optional", "required"
  std::vector<std::string> client_users;    // "dns:agent.example = ann"
};

// Longer than a proxy needs to see that we are not ready, and than it keeps an idle connection.
inline constexpr std::size_t kGraceBehindProxy = 10'000;

struct Http {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;  // 0: any free port
  std::string path = "/mcp";
  std::vector<std::string> allowed_hosts;    // only read where bound beyond loopback
  std::vector<std::string> allowed_origins;  // empty: localhost pages only
  std::vector<std::string> trusted_proxies;  // address ranges
  bool behind_proxy = false;                 // that ends TLS before us
  std::size_t shutdown_grace_ms = 0;         // kGraceBehindProxy where a proxy is trusted
  Tls tls;
  HttpLimits limits;
};

// The listener for Prometheus, beside that for clients; see config/metrics.md. Off where nothing is
// configured: a second server on the same machine would otherwise not start for the sake of numbers
// that nobody reads. The service of the Debian package has it on.
struct Metrics {
  bool enabled = false;
  std::string host = "127.0.0.1";
  std::uint16_t port = 9464;  // 0: any free port
  std::string key_file;       // empty: who can reach it may read it

  Secret key;  // not a key of the file: what secrets.hpp read; empty: none
};

struct Stdio {
  std::size_t max_message_bytes = 1 * kMiB;
};

// Bounds for JSON that comes from clients and plugins.
struct Json {
  std::size_t max_depth = 64;
  std::size_t max_members = 1024;
  std::size_t max_values = 1'000'000;
};

struct Calls {
  std::size_t timeout_ms = 60'000;
  std::size_t max_concurrency_per_plugin = 16;
  std::size_t queue_per_plugin = 128;
  std::size_t circuit_failures = 5;  // see call/circuit.hpp; 0: never
  std::size_t circuit_open_ms = 10'000;
  std::size_t max_result_bytes = 4 * kMiB;
  std::size_t slow_ms = 10'000;  // from then on the log names a call; 0: never
  std::size_t drain_ms = 5'000;
  std::size_t plugin_start_timeout_ms = 10'000;
};

// The object under plugins.ID.config. The host checks it against the plugin's own schema; where its
// members stand, place_in() of config/settings_place.hpp says.
struct PluginSettings {
  std::string json = "{}";  // strict JSON on one line, whatever comments the file had
  std::string file;         // empty when there is no such object in any file
  std::size_t line = 0;     // where it begins there; both count from 1
  std::size_t column = 0;   // in characters
  std::string source;       // as it stands there
};

struct Plugin {
  bool enabled = false;
  bool required = false;
  bool trusted = false;  // what its items say of themselves decides about access
  std::string prefix;
  std::string sha256;                          // empty: not pinned
  std::optional<std::size_t> timeout_ms;       // unset: calls.timeout_ms
  std::optional<std::size_t> max_concurrency;  // unset: calls.max_concurrency_per_plugin
  std::vector<std::string> grants;             // ids of host extensions
  PluginSettings config;
};

// What callers of one role may use; see policy/access_rules.hpp. Where it stands is in origins, as
// "roles.NAME".
struct Role {
  std::vector<std::string> tools;
  std::vector<std::string> resources;
  std::vector<std::string> prompts;
  std::vector<std::string> projects;  // absolute after load()
};

// How much one caller may ask for. A rate is by minute, a burst at once; 0: no limit.
struct Rate {
  std::size_t principal_per_minute = 1200;
  std::size_t principal_burst = 200;
  std::size_t address_per_minute = 2400;
  std::size_t address_burst = 400;
  std::size_t tool_per_minute = 600;  // of one principal
  std::size_t tool_burst = 100;
  std::size_t calls_per_principal = 64;  // running or waiting at once
  std::size_t failures_per_minute = 10;  // wrong credentials of one address
  std::size_t failure_burst = 20;
};

// Who may come in; see identity/auth_mode.hpp.
struct Auth {
  bool enabled = false;      // MCP_ENABLE_AUTH
  bool users = false;        // MCP_ENABLE_USER_AUTH: user mode, implies authentication
  bool single_key = false;   // MCP_SINGLE_API_KEY_MODE: the single key, beside users or alone
  std::string api_key_file;  // empty: none
  std::string previous_api_key_file;  // empty: none; a second key that is still taken
  std::string users_file;             // absolute after load()

  // Not keys of the file: what secrets.hpp read. Empty: none.
  Secret given_key;     // in MCP_API_KEY
  Secret file_key;      // in api_key_file
  Secret previous_key;  // a second one that is still taken
};

// A Redis that replicas share; see store/redis.hpp. It is never needed for a right answer.
struct Redis {
  std::string url;  // empty: none
  std::string username;
  std::string password_file;
  std::string prefix = "toolpost";
  std::size_t deadline_ms = 50;
  std::size_t connections = 8;
  bool share_rates = true;

  Secret password;  // not a key of the file: what secrets.hpp read; empty: none
};

// Which packages may be used; see policy/package_policy.hpp.
struct Policy {
  std::vector<std::string> allowed_packages;  // empty: every package
  std::vector<std::string> blocked_packages;
  std::string packages_file;  // absolute after load(); empty: none
};

// What is recorded of what happens, and where; see audit/journal.hpp and config/audit.md.
struct Audit {
  bool enabled = true;
  std::string directory;              // absolute after load()
  std::string key_file;               // absolute after load()
  std::string on_failure = "refuse";  // or "allow"
  std::string durability = "class";   // or "strict"
  std::size_t stall_ms = 2'000;
  std::size_t segment_bytes = 64 * kMiB;
  std::size_t segment_age_s = 86'400;
  std::size_t retain_days = 0;  // 0: for ever
  std::string anchor_file;      // empty: none
  bool anchor_required = false;
};

// Copies of all that a lost machine takes along; see backup/archive.hpp.
struct Backup {
  std::string directory;           // absolute after load()
  std::size_t keep = 14;           // 0: all
  std::size_t max_age_hours = 48;  // of the newest one before doctor complains
};

// How much the server takes on; see call/capacity.hpp and ops/memory.hpp.
struct Load {
  std::size_t max_calls = 1024;     // of all plugins; 0: no limit
  std::size_t memory_percent = 85;  // of the limit; 0: none
};

// More is logged for a while; the level of LogOptions holds otherwise.
struct Debug {
  bool at_start = false;
  std::size_t for_s = 900;
};

struct Config {
  Server server;
  Http http;
  Metrics metrics;
  Stdio stdio;
  Json json;
  LogOptions log;
  Calls calls;
  Auth auth;
  Rate rate;
  Redis redis;
  Policy policy;
  Audit audit;
  Backup backup;
  Debug debug;
  std::vector<std::string> plugin_directories;  // absolute, searched in this order
  std::string project_root;                     // absolute after load()
  std::string workspace_root;                   // empty: the project root bounds everything
  std::string replica;                          // label of this one; empty: there is only one
  std::string task_directory;                   // absolute; empty: no call becomes a task
  std::string session_directory;                // absolute; empty: one process alone
  std::string seal_key_file;                    // absolute; empty: keys that end with the process
  std::string data_directory;                   // absolute; empty: the user has no home directory
  std::string incident_plan_file;               // empty: none; only doctor looks at it
  std::map<std::string, Plugin, std::less<>> plugins;  // by id
  std::map<std::string, Role, std::less<>> roles;      // by name; admin is built in

  std::string file;  // the file that was read; empty: none
  // Key → "FILE:LINE:COLUMN", variable or flag. A key that is absent has its default.
  std::map<std::string, std::string, std::less<>> origins;

  Load load;
};

// The defaults, bundled plugins included.
Config defaults();

}  // namespace toolpost::config
