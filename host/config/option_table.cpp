// SPDX-License-Identifier: Apache-2.0
// The options of the subcommands.
#include "config/commands.hpp"

#include <array>

namespace toolpost::config {
namespace {

constexpr std::array kOptions{
    OptionSpec{
        "config", 0, "FILE", "", kOptConfig,
        "read this file instead of $TOOLPOST_CONFIG, $XDG_CONFIG_HOME/toolpost/toolpost.json "
        "or /etc/toolpost/toolpost.json"},
    OptionSpec{"host", 0, "ADDRESS", "http.host", kOptListen, "listen here (127.0.0.1)"},
    OptionSpec{"port", 0, "PORT", "http.port", kOptListen, "TCP port, 0 for a free one (8000)"},
    OptionSpec{"project-root", 0, "DIR", "project_root", kOptProject,
               "the project tools act on (the working directory)"},
    OptionSpec{"log-level", 0, "LEVEL", "log.level", kOptLog,
               "TRACE, DEBUG, INFO, WARN, ERROR or FATAL (INFO)"},
    OptionSpec{"log-format", 0, "FORMAT", "log.format", kOptLog, "json or text (json)"},
    OptionSpec{"verbose", 'v', "", "", kOptLog, "the same as --log-level DEBUG"},
    OptionSpec{"debug", 0, "", "", kOptDebug,
               "begin at the level DEBUG, until log.debug_s have passed"},
    OptionSpec{"manifest", 0, "", "", kOptManifest,
               "print the manifest that belongs beside the library"},
    OptionSpec{"origins", 0, "", "", kOptOrigins,
               "say behind each value where it comes from, as a comment"},
    OptionSpec{"username", 0, "NAME", "", kOptIssuedKey,
               "the admin; 1 to 63 of a-z, 0-9, '.', '_' and '-'"},
    OptionSpec{"key-out", 0, "FILE", "", kOptIssuedKey,
               "write the new key into this file, which must not exist yet and gets mode 0600; - "
               "prints it"},
    OptionSpec{"key-file", 0, "FILE", "", kOptIssuedKey,
               "take the key from this file instead of making one: at least 32 characters, "
               "writable by nobody but root or you"},
    OptionSpec{"source", 0, "URL", "", kOptSource, "the index that the packages come from"},
    OptionSpec{"directory", 0, "DIR", "", kOptLedger,
               "the ledger's directory (audit.directory of the configuration)"},
    OptionSpec{"anchor", 0, "FILE", "", kOptAnchor,
               "hold the ledger against the keys and checkpoints in this file, which is kept "
               "elsewhere"},
    OptionSpec{"json", 0, "", "", kOptJson, "print JSON"},
    OptionSpec{"from", 0, "TIME", "", kOptFilter, "not before, such as 2026-01-31T00:00:00Z"},
    OptionSpec{"to", 0, "TIME", "", kOptFilter, "before this time"},
    OptionSpec{"user", 0, "NAME", "", kOptFilter, "only records about this user"},
    OptionSpec{"tool", 0, "NAME", "", kOptFilter, "only records about this tool"},
    OptionSpec{"type", 0, "TYPE", "", kOptFilter, "only records of this type, such as outcome"},
    OptionSpec{"verify", 0, "", "", kOptVerify,
               "verify first, and export nothing when something is wrong"},
    OptionSpec{"follow", 'f', "", "", kOptTail, "go on with what is recorded from now on"},
    OptionSpec{"lines", 'n', "NUMBER", "", kOptTail, "so many records (10)"},
    OptionSpec{"out", 0, "FILE", "", kOptOut,
               "write into this file, which must not exist yet and gets mode 0600"},
    OptionSpec{"checklist", 0, "", "", kOptChecklist,
               "say of each of ten points of security whether this configuration keeps it"},
    OptionSpec{
        "passphrase-file", 0, "FILE", "", kOptPassphrase,
        "the passphrase that seals the secrets, at least 16 characters on one line, in a file "
        "that not everybody may read (the systemd credential backup_passphrase, if there is one)"},
    OptionSpec{"root", 0, "DIR", "", kOptRestore,
               "restore below this directory instead of to where everything came from"},
    OptionSpec{"force", 0, "", "", kOptRestore, "replace files that are there already"},
    OptionSpec{
        "only", 0, "KIND", "", kOptRestore,
        "restore only files of this kind: config, policy, tls, plan, key, environment, users "
        "or audit"},
    OptionSpec{"live", 0, "", "", kOptLive,
               "look at what is there, too, as a start would: users, keys, audit, directories"},
    OptionSpec{"url", 0, "URL", "", kOptClientEntry,
               "connect to this server over HTTP instead of starting one"},
    OptionSpec{"open", 0, "", "", kOptClientEntry,
               "with --url: no Authorization header, for a server without authentication"},
    OptionSpec{"config", 0, "FILE", "", kOptClientEntry,
               "the configuration of the server that the client starts"},
    OptionSpec{"project-root", 0, "DIR", "", kOptClientEntry,
               "the project that the tools of that server act on"},
    OptionSpec{"name", 0, "NAME", "", kOptClientName,
               "what the client calls the server: 1 to 64 letters, digits, '_' and '-' (toolpost)"},
    OptionSpec{"file", 0, "FILE", "", kOptClientFile,
               "this file instead of the client's own, such as a project's"},
    OptionSpec{"host", 0, "ADDRESS", "http.host", kOptAsk,
               "ask here instead of at http.host of the configuration"},
    OptionSpec{"port", 0, "PORT", "http.port", kOptAsk,
               "ask at this port instead of http.port of the configuration"},
    OptionSpec{"ready", 0, "", "", kOptAsk,
               "ask whether it can serve (/readyz), not only whether it turns (/livez)"},
};

}  // namespace

std::span<const OptionSpec> option_specs() {
  return kOptions;
}

}  // namespace toolpost::config
