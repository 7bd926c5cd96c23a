// SPDX-License-Identifier: Apache-2.0
// The subcommands.
#include "config/commands.hpp"
#include "config/operations_texts.hpp"

#include <array>

namespace toolpost::config {
namespace {

constexpr std::size_t kNoBound = static_cast<std::size_t>(-1);
constexpr unsigned kServing = kOptConfig | kOptLog | kOptProject;

constexpr std::array kCommands{
    CommandSpec{
        "http", Command::kHttp, kServing | kOptListen | kOptDebug, 0, 0, "",
        "serve MCP over Streamable HTTP",
        R"(Serves MCP over Streamable HTTP until SIGTERM or SIGINT. Beyond loopback it starts only with
authentication (MCP_ENABLE_AUTH, MCP_ENABLE_USER_AUTH); the log's first lines name the
address that was bound.

Examples:
  toolpost http
  toolpost http --port 0 --log-format text
  toolpost http --config ./toolpost.json --project-root ~/my-project

Exit codes:
  0  stopped as asked
  1  did not start: configuration, plugin or port; the message says which
  2  the command line is wrong
)"},
    CommandSpec{
        "stdio", Command::kStdio, kServing | kOptDebug, 0, 0, "",
        "serve one MCP client over stdin and stdout",
        R"(Serves the MCP client that started it: one message a line on stdin and stdout, logs on
stderr. Ends when stdin does, or at SIGTERM. With authentication the client is whoever the
key in MCP_API_KEY belongs to; a wrong key ends the process.

Example of a client's configuration:
  {"mcpServers": {"toolpost": {"command": "toolpost", "args": ["stdio"]}}}

Exit codes:
  0  stdin ended, or stopped as asked
  1  did not start: configuration or plugin; the message says which
  2  the command line is wrong
)"},
    CommandSpec{
        "dev", Command::kDev, kServing | kOptListen | kOptDebug, 0, 0, "",
        "serve over HTTP and reload plugins as they change",
        R"(Serves like toolpost http, for whoever writes a plugin: when a library or a manifest in the
plugin directories changes, or the configuration does, it is reloaded. A plugin that cannot
be loaded or started is an error in the log, and the one before serves on. A library must be
replaced by a new file, as linkers do it; one that is written over while it is in use is
refused.

Example:
  toolpost dev --log-format text --config ./toolpost.json

Exit codes:
  0  stopped as asked
  1  did not start: configuration, plugin or port; the message says which
  2  the command line is wrong
)"},
    CommandSpec{
        "reload", Command::kReload, kOptConfig, 0, 0, "",
        "let the running server take its configuration anew",
        R"(Asks every server of this user that runs with this configuration file to read it again, and
waits for the outcome. What a reload can change, config/README.md says by key: plugins,
roles, rates, package rules and the log are among it. Calls that have begun end on the
plugin they began with. Either all of it is taken or nothing: a mistake, a plugin that does
not start, or a key that needs a restart leaves everything as it was. The log's file is
opened anew and certificates are read again in any case. SIGHUP does the same; the outcome
is then in the log alone.

Examples:
  toolpost reload
  toolpost reload --config /etc/toolpost/toolpost.json

Exit codes:
  0  taken; what has changed is printed
  1  not taken, and why; or no such server runs
  2  the command line is wrong
)"},
    CommandSpec{
        "call", Command::kCall, kServing, 2, 2, "TOOL ARGUMENTS-JSON",
        "call one tool without a server",
        R"(Loads the plugins, calls one tool the way a client's call goes, prints its result as JSON
on stdout and leaves. The arguments are one JSON object; {} when there are none. With
authentication the caller is whoever the key in MCP_API_KEY belongs to.

Examples:
  toolpost call lock '{}'
  toolpost call add '{"packages": ["requests>=2.32"]}'

Exit codes:
  0  the tool succeeded
  1  it could not be called: configuration, plugin, unknown tool
  2  the command line is wrong
  3  the tool answered with an error, which is printed
)"},
    CommandSpec{
        "policy check", Command::kPolicyCheck, kOptConfig | kOptLog | kOptSource, 1, kNoBound,
        "PACKAGE...", "say whether packages may be used, and by which rule",
        R"(Says for each package whether the configuration lets it be used, by which rule, and where that
stands. PACKAGE is a requirement such as requests, "requests[socks]" or requests==2.32.3.
Only == gives a version; a package without one is judged by its name, and what a rule asks
of its version counts against it. The same holds for the source without --source. What a
package would bring along is not looked at.

Examples:
  toolpost policy check requests==2.32.3 fastapi
  toolpost policy check --source https://packages.acme.example/simple acme-core

Exit codes:
  0  all of them may be used
  1  it cannot be decided: the configuration or the file of rules has mistakes
  2  the command line is wrong
  3  at least one may not be used
)"},
    CommandSpec{
        "plugin list", Command::kPluginList, kOptConfig | kOptLog, 0, 0, "",
        "which plugins are known, enabled and pinned",
        R"(Lists the plugins found in the plugin directories, and what of them is enabled and pinned.
Reads manifests and hashes libraries; no plugin code runs.

Exit codes:
  0  listed
  1  the configuration cannot be read, a plugin is refused, or one that is enabled is not there
  2  the command line is wrong
)"},
    CommandSpec{
        "plugin inspect", Command::kPluginInspect, kOptConfig | kOptLog | kOptManifest, 1, 1,
        "FILE-OR-ID", "load one plugin apart and show what it says of itself",
        R"(Loads a plugin in a process of its own and shows its manifest; for a plugin that is known by
its id also its hash, what its library needs and what it exports. The plugin's code runs, so
inspect only what you would also load.

Examples:
  toolpost plugin inspect io.toolpost.uv-package
  toolpost plugin inspect ./libecho.so --manifest > echo.plugin.json

Exit codes:
  0  the plugin is sound
  1  it would be refused; the message says why
  2  the command line is wrong
)"},
    CommandSpec{
        "plugin pin", Command::kPluginPin, kOptConfig | kOptLog, 1, kNoBound, "ID...",
        "print the hashes to pin plugins by",
        R"(Prints, for each plugin named, the "sha256" to put under its id in the configuration. A
pinned plugin whose library has another hash is not loaded. Changes no file.

Example:
  toolpost plugin pin io.toolpost.uv-package

Exit codes:
  0  printed
  1  a plugin is unknown or its library cannot be read
  2  the command line is wrong
)"},
    CommandSpec{
        "config check", Command::kConfigCheck, kServing | kOptListen | kOptLive, 0, 0, "",
        "find mistakes before a start does",
        R"(Reads the configuration, the plugins' manifests and libraries and the files for TLS as a
start would and reports every problem, those of the file with line and column. No plugin
code runs, so colliding tool names show at the start only.

With --live it reads the users, the keys and the audit, too: what another version has written
and this one could not go on with is found before it takes the place of the other. Run that
as the user of the server.

Exit codes:
  0  no problem
  1  problems, one a line on stderr
  2  the command line is wrong
)"},
    CommandSpec{
        "config print", Command::kConfigPrint, kServing | kOptListen | kOptOrigins, 0, 0, "",
        "show the configuration in effect",
        R"(Prints the configuration that defaults, file, environment and options add up to, as
JSON that can serve as a file again. What looks like a secret in a plugin's settings is
hidden.

Examples:
  toolpost config print --origins
  toolpost config print | jq .http

Exit codes:
  0  printed
  1  the configuration has problems
  2  the command line is wrong
)"},
    CommandSpec{"config schema", Command::kConfigSchema, 0, 0, 0, "",
                "print the JSON Schema of toolpost.json",
                R"(Prints the JSON Schema that editors check and complete toolpost.json with.

Example:
  toolpost config schema > toolpost.schema.json

Exit codes:
  0  printed
  2  the command line is wrong
)"},
    CommandSpec{
        "policy why", Command::kPolicyWhy, kServing, 2, 3, "USER TOOL [ARGUMENTS-JSON]",
        "say whether a user may call a tool, and by which rule",
        R"(Loads the plugins, decides as a call of that user would be decided, and says by which rule
and where that stands. USER is a user of the store, "legacy", "local", or a role written as
role:NAME. With arguments it says, too, whether the tool takes them and what the package
policy says of the packages they name. Nothing is called.

Examples:
  toolpost policy why ann add
  toolpost policy why role:developer add '{"packages": ["requests"]}'

Exit codes:
  0  the call would be allowed
  1  it cannot be decided: configuration, user store, unknown user or tool
  2  the command line is wrong
  3  the call would be denied
)"},
    CommandSpec{
        "create-admin", Command::kCreateAdmin, kOptConfig | kOptLog | kOptIssuedKey, 0, 0, "",
        "make the first user, an admin, and its API key",
        R"(Makes the first user of the store (auth.users_file, MCP_USERS_FILE) and a key for it. Works
only while the store has no user, however many try at once; further users are made by an
admin with the tool create_user. Run it as the user that runs the server.

The key is shown once, on a terminal. Without a terminal say where it goes with --key-out,
or bring one with --key-file.

Examples:
  toolpost create-admin --username ann
  toolpost create-admin --username ann --key-out ./ann.key
  toolpost create-admin --username ann --key-file /run/secrets/ann

Exit codes:
  0  made
  1  not made: configuration, user store or key; the message says which
  2  the command line is wrong
  3  there are users already; nothing was changed
)"},
    CommandSpec{
        "users list", Command::kUsersList, kOptConfig | kOptLog, 0, 0, "",
        "who is in the user store",
        R"(Lists the users of the store and their keys: ids, ages and ends, never the keys themselves.

Exit codes:
  0  listed
  1  the configuration or the user store cannot be read; the message says why
  2  the command line is wrong
)"},
    CommandSpec{
        "users recover", Command::kUsersRecover, kOptConfig | kOptLog | kOptIssuedKey, 0, 0, "",
        "give an admin a new key when the old one is lost",
        R"(Gives an existing admin a new key, ends the old ones and enables the admin again. It needs
the right to write the user store, not a key; the server may run meanwhile. Where the key
goes is said as for create-admin.

Example:
  toolpost users recover --username ann

Exit codes:
  0  recovered
  1  not recovered: configuration, user store, key, or there is no such admin
  2  the command line is wrong
)"},
    CommandSpec{"list-users", Command::kUsersList, kOptConfig | kOptLog, 0, 0, "",
                "the same as users list",
                R"(Another name of toolpost users list.

Exit codes:
  0  listed
  1  the configuration or the user store cannot be read; the message says why
  2  the command line is wrong
)"},
    CommandSpec{"doctor", Command::kDoctor, kServing | kOptListen | kOptChecklist | kOptJson, 0, 0,
                "", "look for what keeps this installation from working", kDoctorText},
    CommandSpec{"backup create", Command::kBackupCreate,
                kOptConfig | kOptLog | kOptPassphrase | kOptOut, 0, 0, "",
                "make an archive of configuration, users and audit", kBackupCreateText},
    CommandSpec{"backup verify", Command::kBackupVerify, kOptPassphrase | kOptAnchor, 1, 1,
                "ARCHIVE", "prove that an archive is as it was made", kBackupVerifyText},
    CommandSpec{"backup restore", Command::kBackupRestore, kOptPassphrase | kOptRestore, 1, 1,
                "ARCHIVE", "put back what is in an archive", kBackupRestoreText},
    CommandSpec{
        "healthcheck", Command::kHealthcheck, kOptConfig | kOptAsk, 0, 0, "",
        "ask the running server whether it is well",
        R"(Asks the server that this configuration describes, on this machine, for /livez, and prints one
line. It takes five seconds at most and no key. A server that listens everywhere is asked on
loopback; with TLS the certificate is not verified. One that wants a client certificate is
alive, but does not say whether it is ready.

Examples:
  toolpost healthcheck
  toolpost healthcheck --ready --port 9000

Exit codes:
  0  healthy
  1  not healthy, not there, or the configuration cannot be read; the message says which
  2  the command line is wrong
)"},
    CommandSpec{
        "audit verify", Command::kAuditVerify,
        kOptConfig | kOptLog | kOptLedger | kOptAnchor | kOptJson, 0, 0, "",
        "prove that the audit is as it was written",
        R"(Recomputes every hash of the ledger and checks every signature, and that no chain and no end of
one is missing. Names the first bad record of each chain that is damaged, and how many records
no checkpoint covers yet. The server may run meanwhile.

The key that is believed is the public half of audit.key_file, or with --anchor the keys in
that file. Only with an anchor that holds checkpoints a ledger that was taken back to an
earlier state as a whole is found.

Examples:
  toolpost audit verify
  toolpost audit verify --directory ./copy --anchor ./anchors.jsonl

Exit codes:
  0  sound
  1  it cannot be verified: configuration, directory or key; the message says which
  2  the command line is wrong
  3  damaged; the first lines say where
)"},
    CommandSpec{
        "audit export", Command::kAuditExport,
        kOptConfig | kOptLog | kOptFilter | kOptVerify | kOptAnchor | kOptOut, 0, kNoBound,
        "[DIRECTORY...]", "print records as JSON lines",
        R"(Prints the records of one or several ledgers as they stand, one a line, in the order of their
time: what log collectors such as ELK and Splunk read. Without DIRECTORY it is
audit.directory; the ledgers of several replicas are joined. A record whose hash is wrong
ends its chain's part, and is reported.

Examples:
  toolpost audit export --from 2026-01-01T00:00:00Z --user ann > ann.jsonl
  toolpost audit export --verify /srv/audit-1 /srv/audit-2 --out all.jsonl

Exit codes:
  0  exported
  1  not, or not all of it; the message says why
  2  the command line is wrong
  3  --verify found damage; nothing was exported
)"},
    CommandSpec{
        "audit tail", Command::kAuditTail,
        kOptConfig | kOptLog | kOptLedger | kOptFilter | kOptTail, 0, 0, "",
        "print the newest records",
        R"(Prints the newest records of all chains in the order of their time, and with --follow those
that come, until it is interrupted.

Examples:
  toolpost audit tail
  toolpost audit tail -f --type login_failure

Exit codes:
  0  printed
  1  the ledger cannot be read
  2  the command line is wrong
)"},
    CommandSpec{
        "audit rotate", Command::kAuditRotate, kOptConfig | kOptLog | kOptLedger, 0, 0, "",
        "let every running process begin a new file",
        R"(Asks the processes that write into the ledger to go on in new segments, so that those before
can be taken away to a backup, and waits until they have.

Exit codes:
  0  all have, or none is running
  1  at least one has not within ten seconds, or the ledger cannot be written
  2  the command line is wrong
)"},
    CommandSpec{
        "audit anchor", Command::kAuditAnchor, kOptConfig | kOptLog | kOptLedger | kOptOut, 0, 0,
        "", "print what to keep elsewhere",
        R"(Prints the public key and the newest checkpoint of each chain. Kept where nobody who can
change the ledger can write, it is what audit verify --anchor holds the ledger against.

Example:
  toolpost audit anchor --out /mnt/elsewhere/anchor-$(date +%F).jsonl

Exit codes:
  0  printed
  1  the ledger or the key cannot be read
  2  the command line is wrong
)"},
    CommandSpec{
        "client print", Command::kClientPrint, kOptClientEntry | kOptClientName, 1, 1, "CLIENT",
        "print a client's entry for this server",
        R"(Prints the entry as client install writes it, inside the members that it belongs in. Where
the client keeps its file is said on stderr. CLIENT is claude-desktop, claude-code, cursor
or vscode. Changes nothing.

Examples:
  toolpost client print claude-desktop --project-root ~/my-project
  toolpost client print cursor --url https://tools.example.com/mcp

Exit codes:
  0  printed
  1  this program or the home directory cannot be told
  2  the command line is wrong
)"},
    CommandSpec{
        "client install", Command::kClientInstall,
        kOptClientEntry | kOptClientName | kOptClientFile, 1, 1, "CLIENT",
        "enter this server in a client's file",
        R"(Enters this server in the file of claude-desktop, claude-code, cursor or vscode: one that the
client starts and speaks with over stdio, or with --url one that is reached over HTTP. The
rest of the file stays as it is, comments and all. The former file is kept beside it, with
.toolpost-backup at the end of its name. Nothing happens when the entry is there already.

No key is written. With --url, Claude Code and Cursor take it from the variable MCP_API_KEY
of their environment, and VS Code asks for it. The file of Claude Desktop takes no URL: add
such a server in its settings, under Connectors.

The files: $XDG_CONFIG_HOME/Claude/claude_desktop_config.json (~/.config), ~/.claude.json
($CLAUDE_CONFIG_DIR), ~/.cursor/mcp.json, $XDG_CONFIG_HOME/Code/User/mcp.json (~/.config).
--file names another: a project's .mcp.json for Claude Code, its .cursor/mcp.json or its
.vscode/mcp.json. Claude Code and Claude Desktop write their files, too; install while they
are closed.

Examples:
  toolpost client install claude-desktop --project-root ~/my-project
  toolpost client install claude-code --url https://tools.example.com/mcp
  toolpost client install vscode --file .vscode/mcp.json

Exit codes:
  0  entered, or there already
  1  not: the file is no valid JSON, has another entry of this name, or cannot be written
  2  the command line is wrong
)"},
    CommandSpec{
        "client remove", Command::kClientRemove, kOptClientName | kOptClientFile, 1, 1, "CLIENT",
        "take the entry out again",
        R"(Takes out what client install has put in, and nothing else. Where nothing else has changed
since, the file is as it was, byte by byte, and its backup goes. An entry that was changed
by hand stays, and is reported.

Example:
  toolpost client remove cursor

Exit codes:
  0  taken out, or not there
  1  not: the file is no valid JSON, the entry is not ours, or it cannot be written
  2  the command line is wrong
)"},
    CommandSpec{
        "version", Command::kVersion, kOptJson, 0, 0, "",
        "name the version and what it is built with",
        R"(Prints the version; with --json also the ABI of plugins, the revisions of the protocol, the
compiler, and the libraries that are linked, with their versions.

Exit codes:
  0  printed
  2  the command line is wrong
)"},
};

}  // namespace

std::span<const CommandSpec> command_specs() {
  return kCommands;
}

}  // namespace toolpost::config
