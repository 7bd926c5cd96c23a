// SPDX-License-Identifier: Apache-2.0
// argv as a value. Nothing here reads a file or writes to a stream; no option takes a secret, since
// every user of the machine can read a process's arguments.
#pragma once

#include "base/error.hpp"
#include "config/load.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::config {

enum class Command {
  kHttp,
  kStdio,
  kDev,
  kReload,
  kPluginList,
  kPluginInspect,
  kPluginPin,
  kConfigCheck,
  kConfigPrint,
  kConfigSchema,
  kCall,
  kPolicyWhy,
  kCreateAdmin,
  kUsersList,
  kUsersRecover,
  kPolicyCheck,
  kDoctor,
  kBackupCreate,
  kBackupVerify,
  kBackupRestore,
  kHealthcheck,
  kAuditVerify,
  kAuditExport,
  kAuditTail,
  kAuditRotate,
  kAuditAnchor,
  kClientPrint,
  kClientInstall,
  kClientRemove,
  kVersion,
  kHelp,
};

// What the help texts promise.
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitToolError = 3;  // `call`: the tool answered with an error
inline constexpr int kExitDenied = 3;     // `policy`: the answer is no
inline constexpr int kExitDamaged = 3;    // `audit`: the ledger is not as it was written
inline constexpr int kExitHasUsers = 3;   // `create-admin`: there are users already

// audit verify, export, tail, rotate and anchor.
struct AuditArguments {
  std::string directory;  // --directory; empty: not given
  std::string anchor;     // --anchor; empty: not given
  std::string out;        // --out; empty: stdout
  bool json = false;      // --json
  bool verify = false;    // --verify
  bool follow = false;    // --follow
  std::size_t lines = 10;
  std::optional<std::int64_t> from;  // seconds since 1970
  std::optional<std::int64_t> to;
  std::string user;  // empty: all
  std::string tool;
  std::string type;
};

// client print, install and remove.
struct ClientArguments {
  std::string url;           // --url; empty: the client starts the server
  bool open = false;         // --open
  std::string project_root;  // --project-root, as given; empty: not given
  std::string name;          // --name
  std::string file;          // --file; empty: the client's own
};

// backup create, verify and restore. The archive is the operand, or --out of create.
struct BackupArguments {
  std::string passphrase_file;  // --passphrase-file; empty: not given
  std::string root;             // --root; empty: where everything came from
  bool force = false;           // --force
  std::string only;             // --only; empty: everything
};

struct CommandLine {
  Command command = Command::kHelp;
  std::optional<std::string> config_file;  // --config
  std::vector<Override> flags;             // for Sources::flags
  std::vector<std::string> arguments;   // positional: plugin ids or a file, the tool and its JSON
  bool manifest = false;                // plugin inspect --manifest
  bool origins = false;                 // config print --origins
  std::string username;                 // create-admin, users recover
  std::optional<std::string> key_out;   // --key-out; "-": stdout
  std::optional<std::string> key_file;  // --key-file
  std::string source;                   // policy check --source; empty: not given
  AuditArguments audit;
  ClientArguments client;
  BackupArguments backup;
  bool checklist = false;  // doctor --checklist
  bool live = false;       // config check --live
  bool json = false;       // version --json
  bool ready = false;      // healthcheck --ready
  std::string help;        // kHelp: the text for stdout
};

// `arguments` without the program's name. An error is one or two lines for stderr; leave with
// kExitUsage.
Result<CommandLine> parse_command_line(std::span<const std::string> arguments,
                                       const Environment& environment);

}  // namespace toolpost::config
